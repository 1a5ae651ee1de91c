#pragma once

#include "engine/runs/run_paths.hpp"

namespace outrider::agent {

/// The life of a supervisor: starts the operation of a prepared run, reports on descriptor
/// `supervisor_report_fd`, records its output, waits for it, and writes how it ended. It depends on
/// no connection and ignores SIGHUP, SIGINT and SIGTERM. Returns its exit code.
///
/// In a job of Slurm nobody waits for its report, and SIGTERM is Slurm's: it is passed on, and what
/// is left is killed before Slurm does.
int supervise(const run_paths& run);

} // namespace outrider::agent
