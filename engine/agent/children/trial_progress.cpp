#include "engine/agent/children/trial_progress.hpp"

#include "engine/agent/server/job_drive.hpp"
#include "engine/flags/flag_encoding.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/scalars/scalar_series.hpp"

#include <cmath>

namespace outrider::agent {
namespace {

// What a search has chosen, or all flags that the title has: "train (lr=0.1, n=2)" -> "lr=0.1,
// n=2".
std::string shown_flags(const protocol::children_head& head, const protocol::planned_child& child) {
    std::string out;
    for (const auto& [name, value] : child.values) {
        if (head.search && !head.search->settings.space.constant.contains(name)) {
            out += (out.empty() ? "" : ", ") + name + "=" + format_flag(value);
        }
    }
    if (!out.empty()) {
        return out;
    }
    const std::string& title = child.title;
    const auto begin = title.find(" (");
    return begin == title.npos || !title.ends_with(')')
               ? std::string()
               : title.substr(begin + 2, title.size() - begin - 3);
}

} // namespace

trial_progress::trial_progress(const agent_context& context, const parent_run& parent,
                               const protocol::children_head& head)
    : context_(context), parent_(parent), head_(head) {
    told_.total = head.search ? head.search->settings.max_trials : head.total;
    told_.objective = head.objective.name;
}

void trial_progress::ends(const protocol::planned_child& child, const child_end& end, bool early) {
    --told_.running;
    ++told_.done;
    told_.failed += end.failed && !early ? 1 : 0;
    if (!end.failed) {
        look_for_best(child);
    }
}

void trial_progress::ended_before(const protocol::planned_child& child, bool failed) {
    ++told_.done;
    told_.failed += failed ? 1 : 0;
    if (!failed) {
        look_for_best(child);
    }
}

void trial_progress::look_for_best(const protocol::planned_child& child) {
    if (told_.objective.empty()) {
        return;
    }
    const auto read = scalars_here(context_, {.home = parent_.home, .ids = {child.id}});
    if (!read || read->empty()) {
        return;
    }
    const auto value = chosen_of(read->front().scalars, head_.objective);
    if (!value || std::isnan(*value)) {
        return;
    }
    if (!told_.best || (head_.maximize ? *value > *told_.best : *value < *told_.best)) {
        told_.best = value;
        told_.best_flags = shown_flags(head_, child);
    }
}

void trial_progress::tell() const {
    const auto& run = parent_.run;
    std::ignore = replace_file(run.children_progress(), run.temporary("progress"),
                               protocol::encode(told_) + "\n");
}

} // namespace outrider::agent
