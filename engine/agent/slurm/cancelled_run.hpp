#pragma once

#include "engine/agent/slurm/slurm_answers.hpp"
#include "engine/core/result.hpp"
#include "engine/runs/run_paths.hpp"

#include <optional>

namespace outrider::agent {

/// Writes the end of a run whose job was cancelled before it began, for no supervisor will: exit
/// status -15 and the reason, under the run's lock. Does nothing unless Slurm says so (`row`), or
/// `vanished`: an element of an array was told to end and is gone. False: there was nothing to
/// write, or somebody holds the lock.
[[nodiscard]] bool record_if_never_begun(const run_paths& run, const std::optional<job_row>& row,
                                         bool vanished);

} // namespace outrider::agent
