#pragma once

#include "engine/agent/server/job.hpp"

namespace outrider::agent {

/// How long one `advance` may work before the server's loop looks at the other requests.
class time_slice {
  public:
    [[nodiscard]] clock::time_point end() const { return end_; }
    [[nodiscard]] bool used_up() const { return clock::now() >= end_; }

    /// The wait of a job that has more to do and only lets others go first.
    [[nodiscard]] static job_wait let_others_go_first() {
        job_wait wait;
        wait.deadline = clock::now();
        return wait;
    }
    /// The wait of a job whose frames pile up.
    [[nodiscard]] static job_wait until_drained() {
        job_wait wait;
        wait.drained = true;
        return wait;
    }

  private:
    clock::time_point end_ = clock::now() + std::chrono::milliseconds(10);
};

} // namespace outrider::agent
