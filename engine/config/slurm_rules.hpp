#pragma once

#include "engine/protocol/slurm_job.hpp"

#include <cstdint>
#include <string>

namespace outrider {

/// How the runs of a remote become jobs of Slurm.
struct slurm_rules {
    protocol::slurm_job job;       ///< of each run, but for what its own command says
    std::int64_t poll_ms = 30'000; ///< between two questions to Slurm
};

/// What follows `#SBATCH` in a line of a script, also where a person typed all of that line.
[[nodiscard]] std::string sbatch_directive(std::string line);

} // namespace outrider
