#pragma once

#include "engine/agent/server/run_launcher.hpp"
#include "engine/agent/slurm/job_record.hpp"
#include "engine/agent/slurm/slurm_view.hpp"

namespace outrider::agent {

/// A batch whose trials become the elements of an array of jobs. To make many runs takes seconds:
/// that, and the submission, is the work of a process beside the agent, `outrider-agent array`.
/// Owned by the job of the start, which holds the lock of the batch meanwhile.
class array_submission final : public launch_progress {
  public:
    array_submission(slurm_view& view, const run_paths& run, job_record record,
                     const environment_map& environment);

    result<std::optional<start_outcome>> poll() override;
    job_wait wait() const override { return maker_ ? maker_->wait() : job_wait{}; }
    bool is_abandoned() const override { return abandoned_; }

  private:
    result<> begin();
    failure refused(const std::string& why);

    slurm_view& view_;
    run_paths run_;
    job_record record_;
    environment_map environment_;
    bool was_staged_;
    bool abandoned_ = false;
    std::unique_ptr<slurm_question> maker_;
};

} // namespace outrider::agent
