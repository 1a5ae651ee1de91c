#pragma once

#include <chrono>
#include <cstdint>

namespace outrider {

/// µs since the epoch, by this machine's clock.
[[nodiscard]] inline std::int64_t wall_clock_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace outrider
