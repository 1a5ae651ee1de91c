#pragma once

#include <string>
#include <string_view>

namespace outrider::agent {

/// XXH3-128 in 32 hex digits (canonical, big-endian).
[[nodiscard]] std::string content_hash(std::string_view bytes);

/// The hash of this program's own file, or nothing if it cannot be read.
[[nodiscard]] std::string executable_hash();

} // namespace outrider::agent
