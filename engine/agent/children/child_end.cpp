#include "engine/agent/children/child_end.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/runs/run_status.hpp"

namespace outrider::agent {

child_end end_of(const agent_context& context, const run_paths& run) {
    const run_paths place = present_place(run);
    if (!is_run(place)) {
        return {};
    }
    const auto facts = read_run(place, *context.launcher, {});
    const auto status = status_of(facts);
    if (!status.exit_status) {
        return {.failed = true,
                .terminated = false,
                .code = 1,
                .message = status.reason.empty() ? "it has no exit status" : status.reason};
    }
    const auto exit_status = static_cast<int>(*status.exit_status);
    return {.failed = exit_status != 0,
            .terminated = exit_status < 0,
            .code = exit_status < 0 ? 128 - exit_status : exit_status,
            .message = {}};
}

} // namespace outrider::agent
