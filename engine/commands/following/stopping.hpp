#pragma once

#include "engine/commands/session/session.hpp"

namespace outrider {

/// How to stop a run.
struct stop_options {
    bool force = false;
    std::int64_t timeout_seconds = 30;
    bool no_wait = false;
};

/// Stops one run and tells its story by events, of which the last names the processes that did not
/// go. Gives whether all went; nobody else tells of the survivors.
[[nodiscard]] awaitable<result<bool>> stop_one_run(command_session& session, const target& at,
                                                   run_row run, stop_options options);

} // namespace outrider
