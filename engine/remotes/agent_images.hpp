#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace outrider {

/// An agent that this program carries.
struct agent_image {
    std::string_view architecture; ///< as `uname -m` names it
    std::string_view hash;         ///< XXH3-128 of the executable, 32 hex digits
    std::size_t size = 0;          ///< of the executable, bytes
    std::string_view gzip;         ///< the executable, compressed
};

/// One agent for each architecture that this program was built for.
[[nodiscard]] std::span<const agent_image> agent_images();

} // namespace outrider
