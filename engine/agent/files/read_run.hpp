#pragma once

#include "engine/agent/server/run_launcher.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>
#include <vector>

namespace outrider::agent {

/// Whether a directory is a run: `.guild/opref` exists.
[[nodiscard]] bool is_run(const run_paths& run);

/// Adds to the opref of a run, on a line of its own, that of its proto if it is a batch: what it is
/// called depends on both. `runs` is a descriptor that `run` is relative to, or AT_FDCWD.
void add_proto(int runs, const std::string& run, std::string& opref);

/// Reads the facts of a run: its files first where they lead to a final state, otherwise the
/// launcher's evidence about its processes and after that once more the exit status, so
/// that an end in between is never taken for a crash. `attributes` are reported where they exist;
/// `exit_status`, `started` and `initialized` always.
[[nodiscard]] protocol::run_facts read_run(const run_paths& run, run_launcher& launcher,
                                           const std::vector<std::string>& attributes);

/// Whether these facts say that a process of the run lives, or may live on another machine.
[[nodiscard]] bool may_be_alive(const protocol::run_facts& facts);

/// Whether this is a copy of a run that is running on another machine: nothing here writes to it.
[[nodiscard]] bool is_copy_of_running(const protocol::run_facts& facts);

/// Whether the run has ended and nothing more will be written: its status is final and no
/// supervisor of this machine is still busy with it.
[[nodiscard]] bool has_ended(const protocol::run_facts& facts);

} // namespace outrider::agent
