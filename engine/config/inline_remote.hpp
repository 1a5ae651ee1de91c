#pragma once

#include "engine/config/remote.hpp"
#include "engine/core/result.hpp"

#include <string>

namespace outrider {

/// Reads a remote that is spelled out where its name is expected: `ssh:[USER@]HOST[:PORT][:ENV]`,
/// IPv6 addresses in brackets. Its name is the text without `ssh:`.
[[nodiscard]] result<remote> parse_inline_remote(const std::string& text);

} // namespace outrider
