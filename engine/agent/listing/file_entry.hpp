#pragma once

#include "engine/protocol/messages.hpp"

#include <sys/stat.h>

#include <string>

namespace outrider::agent {

/// What the protocol says about a file, made of what the system says.
[[nodiscard]] protocol::file_entry make_entry(std::string path, const struct stat& found);
/// The target of a link; empty if it vanished.
[[nodiscard]] std::string link_target(int parent, const std::string& name);

} // namespace outrider::agent
