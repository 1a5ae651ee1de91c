#pragma once

#include "engine/commands/starting/start_observer.hpp"
#include "engine/project/run_plan.hpp"

#include <cstdint>
#include <string>

/// Two steps of a start, send and start: what the run needs is brought to its machine, and the
/// run is started there. Each can be taken by itself and as often as it is wanted; nobody is asked.
namespace outrider {

/// A run that was started.
struct started_run {
    std::string id;
    std::string directory; ///< absolute, there
    std::string run_dir;   ///< with --run-dir, else empty
    std::string operation;
    bool deleted_on_success = false;
    std::int64_t pid = 0; ///< of the operation
    bool pending = false; ///< it is a job that has not begun
};

/// The request that starts a plan's run on a machine. With another id than the plan's it is one
/// more run of the same plan.
[[nodiscard]] protocol::start_run request_to_start(const run_plan& plan, const target& at,
                                                   const std::string& run_id);

/// Brings the files of a plan to a machine, as packages named by their content: what is there is
/// not sent again. Once for all runs that the plan starts there.
[[nodiscard]] awaitable<result<>> send_plan(command_session& session, const target& at,
                                            const run_plan& plan, const start_observer& told);

/// Starts one run, or stages it if the request says so. Asks again over new connections while the
/// link fails: every start is idempotent by its id. Fails with `conflict` if that id is another
/// run's, with `start_failed` if a dependency is not met, and with what is wrong with the link if
/// it stays lost: then the run may have started.
[[nodiscard]] awaitable<result<started_run>> launch(command_session& session, const target& at,
                                                    const protocol::start_run& what,
                                                    const start_observer& told);

/// Starts a run that is there: one that is staged, or again in place one that has ended.
/// `operation` is its name for people. Idempotent by the request's token.
[[nodiscard]] awaitable<result<started_run>> launch(command_session& session, const target& at,
                                                    const protocol::start_staged& what,
                                                    const std::string& operation,
                                                    const start_observer& told);

} // namespace outrider
