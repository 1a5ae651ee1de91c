#include "engine/commands/choosing/merged_runs.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace outrider {
namespace {

std::int64_t correction_us(const clock_offset& clock) {
    if (std::chrono::abs(clock.ahead) <= clock.uncertainty) {
        return 0;
    }
    return std::chrono::duration_cast<std::chrono::microseconds>(clock.ahead).count();
}

void correct(std::optional<std::int64_t>& time_us, std::int64_t ahead_us) {
    if (time_us) {
        *time_us -= ahead_us;
    }
}

} // namespace

std::vector<merged_run> merge_runs(std::vector<remote_runs> parts) {
    std::vector<merged_run> all;
    for (auto& part : parts) {
        const auto ahead_us = correction_us(part.clock);
        for (std::size_t i = 0; i < part.chosen.rows.size(); ++i) {
            auto& added = all.emplace_back();
            added.row = std::move(part.chosen.rows[i]);
            added.row.held_by = part.remote;
            correct(added.row.started_us, ahead_us);
            correct(added.row.stopped_us, ahead_us);
            if (i < part.chosen.facts.size()) {
                added.facts = std::move(part.chosen.facts[i]);
            }
        }
    }
    std::ranges::sort(all, [](const merged_run& a, const merged_run& b) {
        // Nothing is less than any time.
        return std::tie(b.row.started_us, a.row.held_by, a.row.id) <
               std::tie(a.row.started_us, b.row.held_by, b.row.id);
    });
    std::int64_t index = 0;
    for (auto& each : all) {
        each.row.index = ++index;
    }
    return all;
}

} // namespace outrider
