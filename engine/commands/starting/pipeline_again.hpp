#pragma once

#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/commands/starting/pipeline_start.hpp"
#include "engine/commands/starting/run_again.hpp"
#include "engine/project/pipeline_steps.hpp"
#include "engine/protocol/children_plan.hpp"

#include <map>
#include <optional>
#include <string>

/// A pipeline that starts again: the steps whose runs are there start in place, the others are made
/// as if they were new.
namespace outrider {

/// The links of a pipeline to the runs of its steps: ids by name, also of runs that are gone.
[[nodiscard]] awaitable<result<std::map<std::string, std::string>>>
linked_runs(command_session& session, const target& at, std::string pipeline);

/// A step whose run is there.
struct step_again {
    const pipeline_step& step;
    const pipeline_run& of;
    restart_job job;
};

/// Fills in how the run of a step starts again, or what is said where `--needed` finds it as it
/// should be. What the step needs is sent.
[[nodiscard]] awaitable<result<>> plan_step_again(command_session& session, const target& at,
                                                  step_again& again,
                                                  protocol::planned_child& child);

/// The steps of a pipeline that starts again.
[[nodiscard]] pipeline_run pipeline_again(const restart_job& of);

} // namespace outrider
