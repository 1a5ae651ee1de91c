#pragma once

#include "engine/agent/slurm/job_record.hpp"
#include "engine/agent/slurm/slurm_question.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/protocol/messages.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace outrider::agent {

/// The place of a supervisor in the job of its run: taken under the run's lock, and only by the job
/// that the record means. A job that Slurm starts again (requeued, its node lost) takes it over
/// from its earlier attempt, which may live on unseen and then writes nothing any more.
class job_seat {
  public:
    /// Waits for the lock, which whoever submitted the run may hold still. `conflict` where the
    /// record means another job, or another attempt.
    [[nodiscard]] static result<job_seat> take(const run_paths& run);

    /// Whether the record still means this job and this attempt.
    [[nodiscard]] bool is_ours() const;
    /// The start is over.
    void release_lock() { lock_.reset(); }
    /// The start has failed: the run has no job, and may be started again.
    void give_back();

    /// From Slurm's SIGTERM until what is left is killed, so that the exit status is written before
    /// Slurm kills all.
    [[nodiscard]] std::chrono::milliseconds grace() const;
    /// Slurm has told the job to end: asks it why.
    void ask_why();
    /// Whether it answered that the job will start again: no end is to be told then. Waits a moment
    /// for the answer.
    [[nodiscard]] bool is_requeued();
    /// What it answered, in words.
    [[nodiscard]] protocol::end_reason why();
    /// The run is pending again.
    void wait_again();

  private:
    std::vector<std::string> answered();
    job_seat(const run_paths& run, job_record record, descriptor lock)
        : run_(run), record_(std::move(record)), lock_(std::move(lock)) {}

    run_paths run_;
    job_record record_;
    descriptor lock_;
    std::unique_ptr<slurm_question> question_;
    clock::time_point asked_;
};

} // namespace outrider::agent
