#include "engine/commands/copying/copy_verdict.hpp"

namespace outrider {
namespace {

bool runs_itself(const run_row& row) {
    return row.state == run_state::running && row.remote.empty();
}

bool has_ended(const run_row& row) {
    return row.state == run_state::completed || row.state == run_state::error ||
           row.state == run_state::terminated;
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

} // namespace outrider
