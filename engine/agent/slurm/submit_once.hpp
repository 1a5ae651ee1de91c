#pragma once

#include "engine/agent/slurm/slurm_question.hpp"
#include "engine/agent/slurm/slurm_view.hpp"
#include "engine/agent/slurm/slurm_words.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What became of a submission.
struct submitted_job {
    std::string id;       ///< of the job, or of the array; empty: there is none, or it is not known
    bool refused = false; ///< there is no job
    std::string words;    ///< why there is no id
};
BOOST_DESCRIBE_STRUCT(submitted_job, (), (id, refused, words))

/// One submission of a job whose name nobody else uses. Where sbatch's answer is unclear (a
/// time-out, no controller), the job is looked for by its name, twice with a pause, before there is
/// a second sbatch: a controller that hangs takes jobs in when it goes on.
class submit_once {
  public:
    struct order {
        batch_words words;
        std::string name;
        std::vector<std::string> earlier; ///< ids of jobs of that name that are others
        bool look_first = false;          ///< an earlier submission was cut off
    };
    /// `environment` is sbatch's, and the job's.
    submit_once(order what, const environment_map& environment, const slurm_times& times);

    /// The end, once.
    [[nodiscard]] std::optional<submitted_job> poll();
    [[nodiscard]] job_wait wait() const;

  private:
    enum class step { submit, sbatch, look, squeue, pause, done };
    using outcome = std::optional<submitted_job>;

    outcome go_on(step next) {
        step_ = next;
        return std::nullopt;
    }
    outcome take_step();
    outcome begin_sbatch();
    outcome take_sbatch();
    outcome take_look();
    outcome not_found();
    outcome done(submitted_job what) {
        step_ = step::done;
        return what;
    }

    order what_;
    environment_map environment_;
    environment_map own_environment_;
    slurm_times times_;
    step step_ = step::submit;
    std::unique_ptr<slurm_question> question_;
    clock::time_point next_look_;
    clock::time_point unclear_since_;
    int submissions_ = 0;
    int looks_ = 0;    // since the last of them in which the job was not there
    std::string said_; // by sbatch, the last time
};

} // namespace outrider::agent
