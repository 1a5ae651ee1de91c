#pragma once

#include "engine/agent/server/run_launcher.hpp"
#include "engine/agent/slurm/job_record.hpp"
#include "engine/agent/slurm/submit_once.hpp"

namespace outrider::agent {

/// Marks a run as one that Slurm may know from now on: it waits for that, and for nobody who starts
/// staged runs. The record gets its next attempt.
[[nodiscard]] result<> mark_submitting(const run_paths& run, job_record& record);
/// Slurm has no job of it: the run is again what it was, and whoever started it clears up.
void mark_refused(const run_paths& run, job_record& record, bool was_staged);

/// A run that becomes a job. What is on disk is always at least as much as Slurm may know:
/// `submitting` before sbatch, the id after it. Killed at any step it leaves a record by which
/// whoever comes later finds the job, or finds that there is none.
///
/// Owned by the job of the start, which holds the run's lock meanwhile.
class submission final : public launch_progress {
  public:
    submission(slurm_view& view, const run_paths& run, job_record record, batch_words words,
               const environment_map& environment);

    result<std::optional<start_outcome>> poll() override;
    job_wait wait() const override { return submit_.wait(); }
    bool is_abandoned() const override { return abandoned_; }

  private:
    start_outcome submitted(const std::string& id);
    failure refused(errc kind, const std::string& why);

    slurm_view& view_;
    run_paths run_;
    job_record record_;
    submit_once submit_;
    bool was_staged_;
    bool begun_ = false;
    bool abandoned_ = false;
};

} // namespace outrider::agent
