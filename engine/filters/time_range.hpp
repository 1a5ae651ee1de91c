#pragma once

#include "engine/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace outrider {

/// A range of times in µs since the epoch; a side that is missing is open.
struct time_range {
    std::optional<std::int64_t> begin; ///< included
    std::optional<std::int64_t> end;   ///< not included

    [[nodiscard]] bool contains(std::int64_t time_us) const {
        return (!begin || time_us >= *begin) && (!end || time_us < *end);
    }
    friend bool operator==(const time_range&, const time_range&) = default;
};

/// Reads a range as `-Fs` takes it (FORMAT.md 4.2), in local time: `after T`, `before T`,
/// `between T and T`, `last [N] UNIT`, `N UNIT ago`, `this UNIT`, `today`, `yesterday`, or a time T
/// alone. T is `[[YY]YY-]MM-DD`, `today` or `yesterday`, `HH:MM[:SS]` (today), or both; as a bound
/// also any of the forms that last, whose begin counts (`between 3 days ago and yesterday`). UNIT
/// is min, hour, day, week, month or year. Fails with `bad_input` and the forms there are.
[[nodiscard]] result<time_range> parse_time_range(std::string_view text, std::int64_t now_us);

} // namespace outrider
