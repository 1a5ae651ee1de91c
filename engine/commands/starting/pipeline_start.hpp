#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/project/run_plan.hpp"

#include <map>
#include <string>

/// The start of a pipeline: all its steps are planned, and what they need is sent, before the first
/// one runs. From then on nobody but their machine has a part in them.
namespace outrider {

/// A pipeline whose steps are to be planned.
struct pipeline_run {
    const operation_def& operation;
    flag_map flags;
    run_command typed;  ///< what started it
    std::string id;     ///< of its run
    std::string label;  ///< for steps that have none; empty: none
    int depth = 0;      ///< how many pipelines it is a step of
    bool again = false; ///< it starts again, with the runs of its steps that are there
    /// Set where a failure is meant for the pipelines around it, too: none of them starts. Or null.
    bool* refused = nullptr;
};

/// Plans the steps and sends what they need; gives the hash of the package with their plan. A step
/// that cannot be planned is said when it is its turn; one on another remote that cannot be run
/// there fails at once.
[[nodiscard]] awaitable<result<std::string>> send_steps(command_session& session, const target& at,
                                                        pipeline_run of);

/// The request that starts a pipeline whose steps were sent as `children`.
[[nodiscard]] protocol::start_run pipeline_request(protocol::start_run planned,
                                                   const std::string& children);

/// What every step finds in its environment. One that is isolated sees the runs of its pipeline
/// alone.
[[nodiscard]] std::map<std::string, std::string> step_environment(bool isolated,
                                                                  const std::string& pipeline);

} // namespace outrider
