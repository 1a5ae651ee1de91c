#pragma once

#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/commands/starting/run_launch.hpp"
#include "engine/commands/starting/run_planning.hpp"

#include <optional>
#include <string>

/// The start of a run that is there, in place, taken apart: `run --start` and `run --restart` for a
/// person, the steps of a pipeline that starts again.
namespace outrider {

/// What starts again, and how.
struct restart_job {
    run_command what;
    found_recorded found;
    /// Of its operation as the project and the record have it now. Nothing: there is none, and the
    /// run can only be started as it was recorded.
    std::optional<run_plan> plan;
    std::string token = new_run_id();
};

/// Whether the recorded start does not do, for the person wants it otherwise.
[[nodiscard]] bool wants_change(const run_command& what);

/// Fails with `conflict` where the run is running.
[[nodiscard]] result<> check_not_running(const run_row& row, const target& at);

/// Fills in the plan. Fails only where there is no plan and one is needed.
[[nodiscard]] awaitable<result<>> plan_restart(command_session& session, const target& at,
                                               restart_job& of, const start_observer& told);

/// Whether `--needed` lets it start: it has not ended well, or its flags are others now.
[[nodiscard]] bool is_restart_needed(const restart_job& of);

/// The request: as the run was recorded, but for what is asked for anew; `by_plan`: all as the plan
/// has it.
[[nodiscard]] protocol::start_staged restart_request(const restart_job& of, const target& at,
                                                     bool by_plan);

/// The same for a run whose work is other runs, planned as `children`; empty: those that it has.
[[nodiscard]] protocol::start_staged with_children(protocol::start_staged request,
                                                   const std::string& children);

} // namespace outrider
