#pragma once

#include "engine/agent/machine/child_program.hpp"
#include "engine/agent/server/event_set.hpp"
#include "engine/agent/server/job.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What one of Slurm's programs answered.
struct slurm_answer {
    bool answered = false;     ///< it ended by itself, in time
    int exit_status = -1;      ///< then; negative: the signal that ended it
    std::string output;        ///< of both its outputs, at most 64 MiB
    std::string trouble;       ///< why there is no answer: a sentence
    std::int64_t asked_us = 0; ///< when the program was started

    [[nodiscard]] bool good() const { return answered && exit_status == 0; }
    /// Why it is not good, in Slurm's own words where it said any.
    [[nodiscard]] std::string why_not() const;
};

/// One of Slurm's programs while it is asked, with a time-out of ours: Slurm's own is 10 s where
/// the controller is gone, and none where a file system hangs. Never waits; whoever owns it polls
/// when `wait` says so. Its end kills the program.
class slurm_question {
  public:
    slurm_question(const std::vector<std::string>& words, const environment_map& environment,
                   std::chrono::milliseconds limit, const std::string& input = {});

    /// The answer, once.
    [[nodiscard]] std::optional<slurm_answer> poll();
    [[nodiscard]] job_wait wait() const;

    /// What it has printed until now.
    [[nodiscard]] const std::string& said();

  private:
    void take_output();

    std::string name_;
    clock::time_point deadline_;
    std::unique_ptr<child_program> program_;
    std::unique_ptr<event_set> events_;
    bool open_ = true;
    std::optional<clock::time_point> ended_by_;
    slurm_answer answer_;
};

} // namespace outrider::agent
