#pragma once

#include "engine/commands/starting/start_observer.hpp"
#include "engine/project/run_plan.hpp"

/// The first two steps of a start: what is to be started, and the question whether it may be.
namespace outrider {

/// 32 lower-case hex digits, as Guild makes them: an id for a run or a request.
[[nodiscard]] std::string new_run_id();

/// What a plan is made for, as far as the command and its context say. `remote` from where it goes.
[[nodiscard]] run_request request_for(const command_session& session, const run_command& what,
                                      const target& at, std::string run_id);

/// Adds what only the machine of the run knows: the run that `--proto` names, and the runs that
/// this one depends on: those that the user named, else the newest suitable ones. What is not found
/// is left to the machine to say. For a run that is staged, staged ones are suitable as well: they
/// will have run when it starts.
[[nodiscard]] awaitable<result<>> complete_request(command_session& session, const target& at,
                                                   run_request& request,
                                                   const start_observer& told);

/// Plans off the reactor, and tells what the plan warns of. No machine is asked, so the plan holds
/// for any number of starts, and for each machine that has what `complete_request` found.
[[nodiscard]] awaitable<result<run_plan>> make_plan(run_request request,
                                                    const start_observer& told);

/// The question that shows what a plan starts, to be put by `command_session::confirm`.
[[nodiscard]] question preview_of(const run_plan& plan, const target& at, question_kind kind);

} // namespace outrider
