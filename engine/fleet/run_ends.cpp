#include "engine/fleet/run_ends.hpp"

#include "engine/fleet/run_memory.hpp"

#include <algorithm>
#include <set>

namespace outrider {

run_marks marks_of(const std::vector<run_row>& rows) {
    run_marks marks;
    std::ignore = take_ends(marks, rows, true);
    return marks;
}

std::vector<run_row> take_ends(run_marks& marks, const std::vector<run_row>& rows, bool whole) {
    const std::set<std::string> before(marks.unfinished.begin(), marks.unfinished.end());
    std::set<std::string> unfinished;
    std::vector<run_row> ends;
    auto newest_us = marks.newest_started_us;
    for (const auto& row : rows) {
        newest_us = std::max(newest_us, row.started_us.value_or(0));
        if (!is_final(row.state)) {
            unfinished.insert(row.id);
        } else if (before.contains(row.id) ||
                   row.started_us.value_or(0) > marks.newest_started_us) {
            ends.push_back(row);
        }
    }
    if (!whole) { // those that are too old to be remembered may still run
        std::set<std::string> seen;
        for (const auto& row : rows) {
            seen.insert(row.id);
        }
        std::ranges::set_difference(before, seen, std::inserter(unfinished, unfinished.end()));
    }
    std::ranges::sort(ends, {}, [](const run_row& row) { return row.started_us.value_or(0); });
    marks = {.newest_started_us = newest_us, .unfinished = {unfinished.begin(), unfinished.end()}};
    return ends;
}

} // namespace outrider
