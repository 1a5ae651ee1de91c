#pragma once

#include "engine/protocol/machine_messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace outrider::agent {

/// What is known of a kind of file system.
struct file_system_kind {
    std::string_view name;
    bool shared = false; ///< other machines may hold it as well
};

/// The kind by the magic number of statfs(2); an empty name for one that is not known.
[[nodiscard]] file_system_kind file_system_of(std::uint64_t magic);

/// Looks at a directory, or at the nearest one above it that exists.
[[nodiscard]] protocol::directory_facts directory_facts_of(const std::string& path);

/// Whether other machines may write to a directory, of which the kernel does not tell.
[[nodiscard]] bool is_on_shared_file_system(const std::string& path);

} // namespace outrider::agent
