#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/session/session.hpp"

namespace outrider {

/// Brings a local copy up to date whose run, last known to be running, is not on its remote any
/// more. From the trash there its last state is copied. If it is gone altogether its end is not
/// known: the copy becomes an error that says so, unless all runs are gone there, which is no
/// evidence (the home may not be mounted). Gives the state of the copy afterwards.
[[nodiscard]] awaitable<result<run_state>>
sync_lost_run(command_session& session, const target& here, target far, run_row copy);

} // namespace outrider
