#pragma once

#include <boost/describe.hpp>

#include <string>
#include <vector>

namespace outrider::protocol {

/// How a run becomes a job of Slurm, in sbatch's own words: each member is the value of the option
/// of its name. What is empty is left to the cluster.
struct slurm_job {
    std::string partition;
    std::string account;
    std::string qos;
    std::string time; ///< "2-00:00:00", "90"
    std::string gpus; ///< "2", "a100:1": of `--gres=gpu:`
    std::string mem;
    std::string cpus; ///< `--cpus-per-task`
    std::string constraint;
    std::vector<std::string> directives; ///< "--nice=10 --exclusive": each an `#SBATCH` line
    std::vector<std::string> setup; ///< lines of shell before the operation: "module load cuda"
    bool requeue = false;           ///< Slurm may start it again by itself after its node failed
};
BOOST_DESCRIBE_STRUCT(slurm_job, (),
                      (partition, account, qos, time, gpus, mem, cpus, constraint, directives,
                       setup, requeue))

} // namespace outrider::protocol
