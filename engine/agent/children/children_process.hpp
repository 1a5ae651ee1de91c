#pragma once

namespace outrider::agent {

/// The operation of a run whose work is other runs (`children_run`), as a process: `RUN_DIR` and
/// `GUILD_HOME` say which run it is, SIGTERM ends it. The result is the exit code.
[[nodiscard]] int run_children();

} // namespace outrider::agent
