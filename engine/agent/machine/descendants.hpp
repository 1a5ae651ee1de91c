#pragma once

#include "engine/runs/process_identity.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// What is known of the processes of a run.
struct run_processes {
    std::string run_id;
    std::string directory; ///< of the run: two that were told to run in `out` have the same id
    process_mark operation;
    process_mark supervisor; ///< never part of what is to be stopped
};

/// The processes that live and belong to a run: the operation, its descendants, its process group
/// and session, orphans that its supervisor adopted, and strays with its RUN_ID and RUN_DIR in
/// their environment, or in its systemd scope. A suspended process lives, a zombie does not.
/// `known` are those found before, whose link to the operation may be lost since.
[[nodiscard]] std::vector<process_mark> living_processes(const run_processes& run,
                                                         const std::vector<process_mark>& known);

/// Whether a process with this environment (`/proc/PID/environ`) was started for that run.
[[nodiscard]] bool is_marked_for(const run_processes& run, std::string_view environment);

/// Signals those of the processes that are suspended (SIGSTOP, a terminal's Ctrl-Z), or may be
/// about to be, to go on: nobody ends while suspended, whatever else it was sent. One that a
/// debugger holds stays held.
void wake_suspended(const std::vector<process_mark>& processes);

} // namespace outrider::agent
