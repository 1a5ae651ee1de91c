#pragma once

#include "engine/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace outrider {

/// A point in time as people write it after `--since`: one of the two.
struct since_time {
    std::optional<std::int64_t> ago_us; ///< so long ago
    std::optional<std::int64_t> at_us;  ///< µs since the epoch

    friend bool operator==(const since_time&, const since_time&) = default;
};

/// Reads `90s`, `10m`, `2h`, `1d`, `1.5h`, `12:30[:00]` (today), `2026-01-31`, or both with a blank
/// or `T` between them, in the local time zone; a final `Z` means UTC. `now_us` says which day is
/// today. Fails with `bad_input`.
[[nodiscard]] result<since_time> parse_since(std::string_view text, std::int64_t now_us);

} // namespace outrider
