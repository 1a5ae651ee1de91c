#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/slurm/job_record.hpp"

#include <string>
#include <vector>

namespace outrider::agent {

/// What sbatch is given: its arguments, and the script on its standard input.
struct batch_words {
    std::vector<std::string> words;
    std::string script;
};

/// The job of a run: a script that goes to the run's directory, does the set-up and becomes the
/// agent with these words, which is what Slurm's SIGTERM has to reach. Nothing of the environment
/// is in it: that is sbatch's own, which Slurm hands to the job. `bad_input` where an option or a
/// directive could mean something else than one value, or would take from us what we rely on.
[[nodiscard]] result<batch_words> words_of_job(const run_paths& run, const job_record& record,
                                               const std::vector<std::string>& command);

/// An environment for Slurm's programs: without the defaults that a user has set for them
/// (`SQUEUE_…`, `SBATCH_…`), with times as seconds since the epoch.
[[nodiscard]] environment_map slurm_environment(environment_map from);

} // namespace outrider::agent
