#pragma once

#include "engine/agent/slurm/job_record.hpp"
#include "engine/agent/slurm/slurm_answers.hpp"
#include "engine/protocol/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace outrider::agent {

/// How long the shared file system has to show the exit status of a job that Slurm says has ended,
/// µs.
inline constexpr std::int64_t exit_status_limit_us = 5 * 60 * std::int64_t{1'000'000};
/// How long after a submission that was cut off a job of its name may still appear, µs: a
/// controller that hangs takes it in when it goes on.
inline constexpr std::int64_t late_job_limit_us = 60 * std::int64_t{1'000'000};
/// A job that was submitted less than that before Slurm was asked may not be in the answer, µs.
inline constexpr std::int64_t new_job_limit_us = 2 * std::int64_t{1'000'000};

/// Slurm's last answer about all jobs, as far as it bears on one of them.
struct answer_health {
    std::int64_t asked_us = 0; ///< when the last question that it answered was asked; 0: never
    std::string trouble;       ///< why it gave no answer the last time; empty: it did
};

/// All that is known of a run that is a job, without an exit status.
struct job_situation {
    job_record record;
    bool waits = false;               ///< on disk it has not begun: PENDING or STAGED stands there
    std::optional<job_row> row;       ///< Slurm's last word, by id and name
    std::optional<job_sighting> seen; ///< an end that Slurm told before
    answer_health health;
    std::int64_t now_us = 0;
};

struct job_verdict {
    bool gone = false;                          ///< proven: no exit status will come
    std::optional<protocol::end_reason> reason; ///< why it is gone or waits, in words
    bool moves =
        false; ///< its processes may live now; else it waits, or its end is not on disk yet
    std::optional<job_sighting> note; ///< to be put on record: an end that was not seen before
    bool ask_accounts = false;        ///< squeue has forgotten it; sacct may know
};

/// The decision about a run that is a job. Only an exit status, which the caller reads before and
/// after, or an end in Slurm's own words together with time for the exit status to appear, is
/// final; everything else leaves it as it was, and says so.
[[nodiscard]] job_verdict judge_job(const job_situation& at);

} // namespace outrider::agent
