#pragma once

namespace outrider::agent {

/// The operation of a run whose work is other runs: starts the children of its plan, one after the
/// other or some at a time, shows their output and ends when the last of them has. `RUN_DIR` and
/// `GUILD_HOME` say which run it is. Everything it has to know is in the plan and in the runs of
/// the children, so that it goes on where an earlier one was cut off: what has ended is not started
/// again, and what still runs is waited for. SIGTERM ends the children that run, and it; the others
/// stay pending. The result is the exit code.
[[nodiscard]] int run_children();

} // namespace outrider::agent
