#include "engine/agent/slurm/submit_once.hpp"

#include <utility>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// Looks for a job by its name that have to find nothing before it is submitted once more.
constexpr int looks_before_next = 2;
constexpr int most_submissions = 2;
/// How long whoever asked for the start waits for a Slurm that gives no answer.
constexpr auto unclear_limit = 30s;

bool has_no_program(const slurm_answer& answer) {
    return !answer.answered && answer.trouble.starts_with("there is no program");
}

} // namespace

submit_once::submit_once(order what, const environment_map& environment, const slurm_times& times)
    : what_(std::move(what)), environment_(slurm_environment(environment)),
      own_environment_(slurm_environment(inherited_environment())), times_(times),
      unclear_since_(clock::now()) {
    if (what_.look_first) {
        step_ = step::look;
        said_ = "its submission was cut off";
    }
}

std::optional<submitted_job> submit_once::poll() {
    for (;;) {
        const step before = step_;
        auto out = take_step();
        if (out || step_ == before) {
            return out;
        }
    }
}

submit_once::outcome submit_once::take_step() {
    switch (step_) {
    case step::submit:
        return begin_sbatch();
    case step::sbatch:
        return take_sbatch();
    case step::look:
        question_ =
            std::make_unique<slurm_question>(squeue_words(), own_environment_, times_.squeue_limit);
        return go_on(step::squeue);
    case step::squeue:
        return take_look();
    case step::pause:
        return go_on(clock::now() >= next_look_ ? step::look : step::pause);
    case step::done:
        break;
    }
    return std::nullopt;
}

job_wait submit_once::wait() const {
    return question_ ? question_->wait() : job_wait{.deadline = next_look_};
}

submit_once::outcome submit_once::begin_sbatch() {
    ++submissions_;
    question_ = std::make_unique<slurm_question>(what_.words.words, environment_,
                                                 times_.sbatch_limit, what_.words.script);
    return go_on(step::sbatch);
}

submit_once::outcome submit_once::take_sbatch() {
    const auto answer = question_->poll();
    if (!answer) {
        return std::nullopt;
    }
    question_.reset();
    said_ = answer->why_not();
    if (has_no_program(*answer)) {
        return done({.refused = true,
                     .words = "there is no sbatch on this machine: the remote has to be a login "
                              "node of the cluster"});
    }
    switch (answer->answered ? outcome_of_sbatch(answer->exit_status, answer->output)
                             : submit_outcome::unclear) {
    case submit_outcome::taken:
        return done({.id = *read_job_id(answer->output)});
    case submit_outcome::refused:
        return done({.refused = true, .words = "Slurm refused the job: " + said_});
    case submit_outcome::unclear:
        break;
    }
    unclear_since_ = clock::now();
    looks_ = 0;
    return go_on(step::look);
}

submit_once::outcome submit_once::take_look() {
    const auto answer = question_->poll();
    if (!answer) {
        return std::nullopt;
    }
    question_.reset();
    next_look_ = clock::now() + times_.lookup_pause;
    if (!answer->good()) {
        if (clock::now() < unclear_since_ + unclear_limit) {
            return go_on(step::pause);
        }
        return done({.words = "Slurm gives no answer (" + answer->why_not() +
                              "): whether it took the job will show"});
    }
    const job_record by_name{
        .phase = job_phase::submitting, .name = what_.name, .earlier = what_.earlier};
    const auto row = row_of(by_name, read_squeue(answer->output));
    if (!row) {
        return not_found();
    }
    if (row->state == "FAILED" && row->reason == "BadConstraints" && row->node.empty()) {
        return done({.refused = true,
                     .words = "Slurm refused the job: " + (said_.empty() ? row->reason : said_)});
    }
    return done({.id = row->id.substr(0, row->id.find('_'))});
}

submit_once::outcome submit_once::not_found() {
    ++looks_;
    if (looks_ < looks_before_next) {
        return go_on(step::pause);
    }
    if (submissions_ < most_submissions) {
        return go_on(step::submit);
    }
    return done({.refused = true, .words = "Slurm did not take the job: " + said_});
}

} // namespace outrider::agent
