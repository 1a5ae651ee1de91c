#pragma once

#include <chrono>

namespace outrider {

/// How long an agent may take to list the runs of a home: ten thousand of them on a slow disk.
inline constexpr std::chrono::seconds listing_limit{60};

} // namespace outrider
