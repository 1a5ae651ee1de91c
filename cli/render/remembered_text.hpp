#pragma once

#include "engine/api/query_events.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace outrider::cli {

/// How old a listing from memory is, a line for each machine that cannot be asked at present or
/// has not confirmed what is shown for more than half a minute. `now_us`: µs since the epoch.
[[nodiscard]] std::string remembered_lines(const std::vector<remembered_runs>& remembered,
                                           std::int64_t now_us);

} // namespace outrider::cli
