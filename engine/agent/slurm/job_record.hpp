#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/slurm_job.hpp"
#include "engine/runs/run_paths.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

BOOST_DEFINE_ENUM_CLASS(
    job_phase,
    planned,    ///< nothing was sent to Slurm: the run is none of its jobs
    submitting, ///< Slurm may have taken it in or not; the job is known by its name alone
    submitted,  ///< Slurm gave it `job_id`
    inside)     ///< a process of the job `job_id`, which is that of the run `name`

/// The job of a run: `.guild/outrider/slurm.json`, written under the run's lock: by whoever submits
/// it, then by its supervisor in the job. It does not travel with copies of the run.
struct job_record {
    job_phase phase = job_phase::planned;
    std::string name;                 ///< of the job: the run's id
    std::string job_id;               ///< "12", or "12_3" of an array
    std::int64_t attempt = 0;         ///< counts the submissions of this run, from 1
    std::int64_t changed_us = 0;      ///< when `phase` became what it is
    std::vector<std::string> earlier; ///< ids of its earlier jobs
    std::string agent;                ///< the executable that the job runs
    std::int64_t kill_wait_s = 30;    ///< between SIGTERM and SIGKILL of Slurm
    protocol::slurm_job options;
    bool array = false; ///< a batch whose trials are elements of arrays
    std::vector<std::string>
        pieces;                ///< then: the ids of the arrays, in order; `job_id` is the first
    std::int64_t element = -1; ///< of such a trial: its index in the array `name`; -1: none
    // What its supervisor writes.
    std::string taken_by;      ///< SLURM_JOB_ID of the job that runs it; empty: none does yet
    std::int64_t taken_us = 0; ///< when it began
    std::int64_t restarts = 0; ///< SLURM_RESTART_COUNT of it
    std::string node;          ///< where
};
BOOST_DESCRIBE_STRUCT(job_record, (),
                      (phase, name, job_id, attempt, changed_us, earlier, agent, kill_wait_s,
                       options, array, pieces, element, taken_by, taken_us, restarts, node))

/// The end of a job as Slurm told it, kept beside the record because Slurm forgets its jobs.
struct job_sighting {
    std::string job_id;
    std::string state;
    std::string reason;
    std::string node;
    std::int64_t seen_us = 0; ///< when it was seen first
};
BOOST_DESCRIBE_STRUCT(job_sighting, (), (job_id, state, reason, node, seen_us))

[[nodiscard]] std::optional<job_record> read_job_record(const run_paths& run);
[[nodiscard]] result<> write_job_record(const run_paths& run, const job_record& record);
/// Removes the record and what was seen: the run is none of Slurm's any more.
[[nodiscard]] result<> remove_job_record(const run_paths& run);

[[nodiscard]] std::optional<job_sighting> read_job_sighting(const run_paths& run);
[[nodiscard]] result<> write_job_sighting(const run_paths& run, const job_sighting& seen);

/// The name of the jobs of a piece of an array, of which each has as many elements as the cluster
/// allows: the batch's id, then "ID.1", "ID.2".
[[nodiscard]] std::string name_of_piece(const std::string& batch_id, std::size_t piece);

/// The job of which this process is a part, as Slurm's environment tells it.
struct own_job {
    std::string id;            ///< SLURM_JOB_ID
    std::string array_id;      ///< "12_3", or empty
    std::string name;          ///< SLURM_JOB_NAME
    std::string node;          ///< SLURMD_NODENAME
    std::int64_t element = -1; ///< SLURM_ARRAY_TASK_ID
    std::int64_t restarts = 0; ///< SLURM_RESTART_COUNT
};
/// Nothing outside of a job.
[[nodiscard]] std::optional<own_job> job_of_this_process();
/// Whether the record is of a run that is a process of this very job.
[[nodiscard]] bool is_inside(const job_record& record, const std::optional<own_job>& own);

/// Before the launch: puts on record that the run becomes a job with these options; without
/// options, that it is a process of the job that this process is in, or no job at all. `array`: it
/// is a batch whose trials are the elements of an array.
[[nodiscard]] result<> plan_job(const run_paths& run,
                                const std::optional<protocol::slurm_job>& options,
                                bool array = false);

} // namespace outrider::agent
