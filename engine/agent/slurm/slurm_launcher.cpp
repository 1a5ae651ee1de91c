#include "engine/agent/slurm/slurm_launcher.hpp"

#include "engine/agent/slurm/array_batch.hpp"
#include "engine/agent/slurm/array_submission.hpp"
#include "engine/agent/slurm/cancelled_run.hpp"
#include "engine/agent/slurm/job_states.hpp"
#include "engine/agent/slurm/shared_agent.hpp"
#include "engine/agent/slurm/submission.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace outrider::agent {
namespace {

using protocol::process_state;

bool stands(const fs::path& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

/// A job while it is being ended: told once by scancel, then watched until Slurm confirms it.
class launched_job final : public launched_run {
  public:
    launched_job(std::shared_ptr<slurm_view> view, run_paths run)
        : view_(std::move(view)), run_(std::move(run)) {}

    void look() override {
        const auto record = read_job_record(run_);
        if (!record) {
            over_ = true;
            return;
        }
        view_->hurry();
        id_ = record->job_id;
        const auto row = view_->find(*record);
        if (row && id_.empty()) {
            id_ = row->id;
        }
        // An element of an array that is cancelled before it began leaves no trace at all.
        const bool vanished = !row && told_us_ > 0 && record->taken_by.empty() &&
                              (record->array || record->element >= 0) &&
                              view_->health().asked_us > told_us_ + new_job_limit_us;
        over_ = (row && life_of(row->state) == job_life::ended) || vanished ||
                (stands(run_.attribute("exit_status")) && !stands(run_.lock()));
        if (over_ && record->array) {
            end_stopped_batch(run_);
        } else if (over_) {
            std::ignore = record_if_never_begun(run_, row, vanished);
        }
    }
    std::vector<std::int64_t> left() const override {
        return over_ ? std::vector<std::int64_t>()
                     : std::vector<std::int64_t>{std::strtoll(id_.c_str(), nullptr, 10)};
    }
    void signal(int /*number*/, signal_target /*target*/) override {
        const auto record = read_job_record(run_);
        if (!record) {
            return;
        }
        // Plain: Slurm's own SIGTERM reaches the supervisor, which passes it on, and its SIGKILL
        // follows. Any other signal blocks on a job that waits or is suspended.
        if (record->array && !record->pieces.empty()) {
            std::vector<std::string> words{"scancel"};
            words.insert(words.end(), record->pieces.begin(), record->pieces.end());
            view_->cancel(words);
        } else if (record->job_id.empty() && record->element >= 0) {
            const auto row = view_->find(*record);
            if (!row) {
                return; // the next signal may know it
            }
            view_->cancel({"scancel", row->id});
        } else if (record->phase == job_phase::submitting) {
            view_->cancel({"scancel", "--me", "--name=" + record->name});
        } else {
            view_->cancel({"scancel", record->job_id});
        }
        told_us_ = now_us();
    }
    bool recorder_lives() const override { return !over_ || !stands(run_.pending()); }
    std::optional<int> end_fd() const override { return std::nullopt; }

  private:
    std::shared_ptr<slurm_view> view_;
    run_paths run_;
    std::string id_;
    std::int64_t told_us_ = 0;
    bool over_ = false;
};

std::int64_t pid_in_lock(const std::optional<std::string>& lock) {
    std::int64_t pid = 0;
    if (lock) {
        std::from_chars(lock->data(), lock->data() + lock->size(), pid);
    }
    return pid > 0 ? pid : 0;
}

} // namespace

result<std::unique_ptr<launch_progress>>
slurm_launcher::launch(const run_paths& run, const supervisor_words& words,
                       const std::map<std::string, std::string>& environment,
                       const descriptor& /*lock*/) {
    auto record = read_job_record(run);
    const auto home = environment.find("GUILD_HOME");
    if (!record || home == environment.end()) {
        return failure(errc::internal, "it is not on record how the run becomes a job");
    }
    record->agent = shared_agent_file(home->second, build_).native();
    record->kill_wait_s = view_->kill_wait_s();
    std::vector<std::string> command{"guild", "run", "--run-dir", run.directory.native(),
                                     words.operation};
    command.insert(command.end(), words.flags.begin(), words.flags.end());
    auto batch = words_of_job(run, *record, command);
    if (!batch) {
        return batch.error();
    }
    // The record first: by it, others know that the executable is used.
    if (auto written = write_job_record(run, *record); !written) {
        return written.error();
    }
    if (auto there = ensure_shared_agent(home->second, build_); !there) {
        return there.error();
    }
    if (record->array) {
        return std::make_unique<array_submission>(*view_, run, std::move(*record), environment);
    }
    return std::make_unique<submission>(*view_, run, std::move(*record), std::move(*batch),
                                        environment);
}

run_evidence slurm_launcher::alive(const run_paths& run) {
    run_evidence out;
    job_situation at;
    at.waits = stands(run.pending()) || stands(run.staged());
    out.lock = read_small_file(run.lock());
    out.operation_pid = pid_in_lock(out.lock);
    auto record = read_job_record(run);
    if (!record) {
        return out; // removed a moment ago
    }
    at.record = std::move(*record);
    at.row = view_->find(at.record);
    at.seen = read_job_sighting(run);
    at.health = view_->health();
    at.now_us = now_us();
    auto verdict = judge_job(at);
    out.job = protocol::job_facts{.id = at.row ? at.row->id : at.record.job_id,
                                  .state = at.row ? at.row->state : "",
                                  .node = at.row ? at.row->node : at.record.node,
                                  .attempt = at.record.attempt + at.record.restarts};
    if (verdict.note) {
        std::ignore = write_job_sighting(run, *verdict.note); // then it is seen again
    }
    if (verdict.ask_accounts) {
        view_->want_account(at.record.job_id);
    }
    if (!at.record.array && at.row) {
        std::ignore = record_if_never_begun(run, at.row, false);
    }
    if (at.record.array && (!at.row || life_of(at.row->state) == job_life::ended)) {
        end_batch(run, false); // where the last element could not
    }
    out.reason = std::move(verdict.reason);
    const auto state = verdict.gone ? process_state::gone : process_state::alive;
    if (at.waits) {
        // Not its starter: whoever submitted it may be gone, and the job has its place all the
        // same.
        (verdict.gone ? out.starter : out.supervisor) = state;
        return out;
    }
    if (at.record.phase == job_phase::inside && at.record.element < 0 && !verdict.gone) {
        out.operation = out.supervisor = process_state::elsewhere;
        out.owner_host = "job " + at.record.job_id + " of run " + at.record.name;
        return out;
    }
    out.operation = out.supervisor = state;
    return out;
}

std::unique_ptr<launched_run> slurm_launcher::find(const run_paths& run) {
    view_->begin(std::chrono::seconds(30));
    return std::make_unique<launched_job>(view_, run);
}

} // namespace outrider::agent
