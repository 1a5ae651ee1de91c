#pragma once

#include "engine/runs/run_paths.hpp"

#include <string>

namespace outrider::agent {

/// The operation of a run whose work is other runs (`children_run`), as a process: `RUN_DIR` and
/// `GUILD_HOME` say which run it is, SIGTERM ends it. The result is the exit code.
[[nodiscard]] int run_children();
/// Runs one child of the parent in that directory, in the job that this process is. Returns the
/// exit code: of a trial that fails none.
[[nodiscard]] int run_one_child(const run_paths& parent, const std::string& id);

} // namespace outrider::agent
