#pragma once

#include "engine/commands/session/session.hpp"

namespace outrider {

/// How to stop a run.
struct stop_options {
    bool force = false;
    std::int64_t timeout_seconds = 30;
    bool no_wait = false;
};

/// Stops one run and tells its story by events. Fails with `conflict`, naming the survivors, if
/// processes are left.
[[nodiscard]] awaitable<result<>> stop_one_run(command_session& session, const target& at,
                                               run_row run, stop_options options);

} // namespace outrider
