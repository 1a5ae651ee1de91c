#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/machines/machine_survey.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Of the format that we are compatible with.
inline constexpr char guild_version[] = "0.9.1";

/// What `check` shows of a machine, in Guild's order and with its names where it has the fact.
/// Pure.
[[nodiscard]] std::vector<machine_fact> facts_of(const machine_survey& survey);

/// "12.3 GiB": an amount of memory or disk for people.
[[nodiscard]] std::string size_text(std::int64_t bytes);

/// "0.012 s ahead (give or take 0.001 s)".
[[nodiscard]] std::string clock_text(const clock_offset& clock);

} // namespace outrider
