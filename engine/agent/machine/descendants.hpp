#pragma once

#include "engine/runs/process_identity.hpp"

#include <string>
#include <vector>

namespace outrider::agent {

/// What is known of the processes of a run.
struct run_processes {
    std::string run_id;
    process_mark operation;
    process_mark supervisor; ///< never part of what is to be stopped
};

/// The processes that live and belong to a run: the operation, its descendants, its process group
/// and session, orphans that its supervisor adopted, and strays with its RUN_ID in their
/// environment. `known` are those found before, whose link to the operation may be lost since.
[[nodiscard]] std::vector<process_mark> living_processes(const run_processes& run,
                                                         const std::vector<process_mark>& known);

} // namespace outrider::agent
