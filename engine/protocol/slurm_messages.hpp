#pragma once

#include "engine/protocol/messages.hpp"

/// Requests to the agent of a login node, whose runs are jobs of Slurm.
namespace outrider::protocol {

/// Kinds of `end_reason` that tell of a run which is a job, while it has not ended. Their `detail`
/// is shown as it is: "waits: Resources; expected to start at 14:05", "not confirmed for 12m: Slurm
/// gives no answer (Unable to contact slurm controller)".
inline constexpr char slurm_queued_kind[] = "slurm_queued"; ///< pending, and why
inline constexpr char slurm_unconfirmed_kind[] =
    "slurm_unconfirmed"; ///< Slurm gave no answer: what is shown was so when it was confirmed last

struct slurm_used {
    bool used = false; ///< always true
};
BOOST_DESCRIBE_STRUCT(slurm_used, (), (used))
/// The first request to the agent of a login node: it asks Slurm at once for the jobs of this user,
/// and again at intervals as long as it lives. Replies at once; requests after it that tell the
/// state of runs wait for Slurm's first answer, or for its failure.
struct use_slurm {
    using reply = slurm_used;
    static constexpr std::string_view name = "use_slurm";
    std::int64_t poll_ms = 30'000; ///< between two questions, unless a job was submitted or stopped
};
BOOST_DESCRIBE_STRUCT(use_slurm, (), (poll_ms))

struct slurm_partition {
    std::string name;
    bool is_default = false;
    std::string state; ///< "up", "down", "drain", "inact"
    std::string limit; ///< of the time of a job, as sinfo prints it
    std::string nodes; ///< "3 idle, 2 mixed, 1 drained"
};
BOOST_DESCRIBE_STRUCT(slurm_partition, (), (name, is_default, state, limit, nodes))

/// What Slurm says of itself there.
struct slurm_report {
    std::string version;   ///< "22.05.8"; empty: there is no sbatch
    std::string cluster;   ///< its name
    std::string trouble;   ///< why Slurm gives no answer, in its words; empty: it does
    bool accounts = false; ///< sacct can be asked
    std::int64_t kill_wait_s = 0;
    std::int64_t min_job_age_s = 0;
    std::int64_t max_array_size = 0;
    std::vector<slurm_partition> partitions;
};
BOOST_DESCRIBE_STRUCT(slurm_report, (),
                      (version, cluster, trouble, accounts, kill_wait_s, min_job_age_s,
                       max_array_size, partitions))
/// Asks sinfo, scontrol and sacct: for `check` and `doctor`. Bounded by 30 s.
struct examine_slurm {
    using reply = slurm_report;
    static constexpr std::string_view name = "examine_slurm";
};
BOOST_DESCRIBE_STRUCT(examine_slurm, (), ())

} // namespace outrider::protocol
