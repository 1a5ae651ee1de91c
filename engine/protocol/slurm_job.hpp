#pragma once

#include <boost/describe.hpp>

#include <cstdint>
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
    std::int64_t array_limit = 0;   ///< elements of an array that run at once; 0: no limit
};
BOOST_DESCRIBE_STRUCT(slurm_job, (),
                      (partition, account, qos, time, gpus, mem, cpus, constraint, directives,
                       setup, requeue, array_limit))

/// The job that a run is, as far as an agent knows.
struct job_facts {
    std::string id;           ///< "12", of an element of an array "12_3"; empty: not submitted yet
    std::string state;        ///< Slurm's word: "PENDING"; empty: Slurm has not told
    std::string node;         ///< where it runs or ran; empty: nowhere yet
    std::int64_t attempt = 0; ///< from 1; more where it was requeued or started again
};
BOOST_DESCRIBE_STRUCT(job_facts, (), (id, state, node, attempt))

} // namespace outrider::protocol
