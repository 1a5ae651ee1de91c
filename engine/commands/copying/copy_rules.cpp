#include "engine/commands/copying/copy_rules.hpp"

#include <utility>

namespace outrider {
namespace {

bool runs_itself(const run_row& row) {
    return row.state == run_state::running && row.remote.empty();
}

bool has_ended(const run_row& row) {
    return row.state == run_state::completed || row.state == run_state::error ||
           row.state == run_state::terminated;
}

marker_names markers_of(run_state state) {
    return {.remote_lock = state == run_state::running,
            .pending = state == run_state::pending,
            .staged = state == run_state::staged,
            .terminated_remote = state == run_state::terminated};
}

// One that waits to be started has no state that the copy could be behind of.
bool was_started(run_state state) {
    return state != run_state::pending && state != run_state::staged;
}

} // namespace

copy_verdict judge_copy(const run_row& source, const std::optional<run_row>& destination,
                        const std::string& destination_name) {
    if (destination && runs_itself(*destination)) {
        return copy_verdict::runs_there;
    }
    if (!source.remote.empty() && source.remote == destination_name) {
        return copy_verdict::came_from_there;
    }
    // A run that is seen to run at the source was started again there; any other one without an
    // end is only an older state.
    if (destination && destination->exit_status && !has_ended(source) && !runs_itself(source)) {
        return copy_verdict::ended_there;
    }
    return copy_verdict::copy;
}

bool is_up_to_date(const run_and_copy& run, const copy_plan& plan) {
    const bool runs = run.source.state == run_state::running;
    return plan.nothing_to_copy() && plan.copy_exists &&
           plan.markers == markers_of(run.source.state) &&
           (!runs || (run.copy && run.copy->remote == run.lock_name));
}

run_section section_of(const run_and_copy& run, copy_plan plan) {
    run_section section;
    const auto state = run.source.state;
    section.begin.run_id = plan.run_id;
    section.begin.state = plan.copy_state;
    if (plan.copy_exists && !plan.nothing_to_copy() && was_started(state) &&
        (!plan.copy_ended || state == run_state::running)) {
        section.begin.remote_lock = run.lock_name;
    }
    section.files = std::move(plan.files);
    section.attributes = std::move(plan.attributes);
    const auto markers = markers_of(state);
    if (markers.remote_lock) {
        section.marks.remote_lock = run.lock_name;
    }
    section.marks.pending = markers.pending;
    section.marks.staged = markers.staged;
    section.marks.terminated_remote = markers.terminated_remote;
    section.marks.remove = std::move(plan.remove);
    section.last = std::move(plan.opref);
    return section;
}

} // namespace outrider
