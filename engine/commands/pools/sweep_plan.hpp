#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace outrider {

/// What a machine of a sweep has of its trials.
struct sweep_share {
    std::int64_t slots = 0; ///< trials that run there at the same time
    std::int64_t held = 0;  ///< trials that are there, running or waiting
    bool counts = true;     ///< it can be reached, or nobody has tried yet
};

/// How many more of the `waiting` trials machine `at` takes. First come slots that would be idle,
/// and those of others are not taken from them: what stays behind a full slot comes out of what is
/// left then, a fair part of it, up to `ahead` trials a slot (-1: no limit). Pure.
[[nodiscard]] std::int64_t trials_to_take(const std::vector<sweep_share>& all, std::size_t at,
                                          std::int64_t waiting, std::int64_t ahead);

} // namespace outrider
