#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/project/run_plan.hpp"

namespace outrider {

/// Chooses the runs that a run depends on, on the machine where it will run: those that the user
/// named, else the newest suitable ones. What is not found is left to the machine to say. A run
/// that is staged only takes what the user named: the rest is chosen when it starts.
[[nodiscard]] awaitable<result<>> choose_required_runs(command_session& session, const target& at,
                                                       run_request& request);

/// Says what a machine did about dependencies: lines as `start_reply::resolved` has them.
void tell_dependencies(command_session& session, const std::vector<std::string>& lines);

} // namespace outrider
