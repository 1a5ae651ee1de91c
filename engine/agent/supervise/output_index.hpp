#pragma once

#include <cstdint>
#include <optional>
#include <vector>

/// The index of an output (FORMAT.md 2.6): one entry per line, by an open descriptor.
namespace outrider::agent {

/// The number of lines of output that are older than `since_us` (µs since the epoch); 0 where there
/// is no index.
[[nodiscard]] std::int64_t lines_before(int index, std::int64_t since_us);

/// When the lines from `first` on were written, ms since the epoch; fewer than `count` where the
/// index ends.
[[nodiscard]] std::vector<std::int64_t> line_times(int index, std::int64_t first,
                                                   std::size_t count);

} // namespace outrider::agent
