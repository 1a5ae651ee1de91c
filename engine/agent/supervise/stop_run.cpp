#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/files/stop_request.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/run_status.hpp"

#include <signal.h>

#include <algorithm>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;
using protocol::process_state;

/// Descendants may end by themselves for that long after the operation was asked to.
constexpr auto grace_limit = 5s;
/// How long processes may take to go after SIGKILL.
constexpr auto kill_limit = 5s;
/// How long the supervisor, or Guild, may take to write the exit status after all are gone.
constexpr auto record_limit = 5s;
/// Between two looks at the processes, unless the operation's end wakes the job: often at first,
/// then rarely, for a look reads all of /proc.
constexpr auto first_look_interval = 20ms;
constexpr std::chrono::milliseconds last_look_interval = 250ms;

/// Asks the operation to end, then what is left of its descendants, then kills if told so; answers
/// when they are gone and the status is on disk, or names the survivors.
class stop_run_job final : public job {
  public:
    stop_run_job(const agent_context& context, protocol::stop_run request, reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel) {}

    std::optional<job_wait> advance() override;
    void cancel() override { cancelled_ = true; }

  private:
    enum class phase { begin, asked_operation, asked_all, killed, recording, done };

    result<> begin();
    void escalate();
    void signal_all(int number);
    bool recorded() const;
    void reply(bool was_running);
    job_wait wait();

    const agent_context& context_;
    protocol::stop_run request_;
    reply_channel channel_;
    run_paths run_;
    std::unique_ptr<launched_run> processes_;
    phase phase_ = phase::begin;
    clock::time_point phase_end_;
    std::chrono::milliseconds look_interval_ = first_look_interval;
    clock::time_point timeout_;
    bool cancelled_ = false;
};

std::optional<job_wait> stop_run_job::advance() {
    if (phase_ == phase::begin) {
        if (auto begun = begin(); !begun) {
            channel_.fail(begun.error());
            return std::nullopt;
        }
    }
    if (cancelled_ && phase_ != phase::done) {
        channel_.fail({errc::cancelled, "no longer waiting for run " + request_.run_id +
                                            " to stop; it was asked to"});
        return std::nullopt;
    }
    if (phase_ != phase::done) {
        processes_->look();
        escalate();
    }
    return phase_ == phase::done ? std::nullopt : std::optional(wait());
}

result<> stop_run_job::begin() {
    auto run = find_run(context_, request_.home, request_.run_id, request_.run_dir);
    if (!run) {
        return run.error();
    }
    run_ = std::move(*run);
    const auto facts = read_run(run_, *context_.launcher, {});
    if (facts.operation == process_state::elsewhere || facts.starter == process_state::elsewhere) {
        return failure(errc::conflict, "run " + request_.run_id + " is owned by " +
                                           facts.owner_host + "; stop it there");
    }
    if (facts.pending && facts.starter == process_state::alive) {
        return failure(errc::conflict, "run " + request_.run_id + " is being started; try again");
    }
    if (is_copy_of_running(facts)) {
        const std::string there = status_of(facts).remote;
        return failure(errc::conflict, "this is a copy of run " + request_.run_id +
                                           ", which runs on " + there + "; stop it there");
    }
    if (!may_be_alive(facts)) {
        reply(false);
        return {};
    }
    processes_ = context_.launcher->find(run_);
    std::ignore = write_stop_request(
        run_, {request_.stopped_by, now_us(), request_.reason}); // only names a reason
    processes_->look(); // what belongs to the operation is found by it while it lives
    processes_->signal(SIGTERM, signal_target::operation);
    if (request_.no_wait) {
        processes_.reset(); // nobody looked whether they went
        reply(true);
        return {};
    }
    const auto timeout = std::chrono::milliseconds(std::max<std::int64_t>(request_.timeout_ms, 0));
    timeout_ = clock::now() + timeout;
    phase_ = phase::asked_operation;
    phase_end_ = clock::now() + std::min<std::chrono::milliseconds>(grace_limit, timeout / 2);
    return {};
}

void stop_run_job::signal_all(int number) {
    look_interval_ = first_look_interval;
    processes_->signal(number, signal_target::everything);
}

bool stop_run_job::recorded() const {
    const auto facts = read_run(run_, *context_.launcher, {});
    // Our supervisor has a last step after that, and as long as it lives the run is not over.
    return (facts.attributes.contains("exit_status") && !facts.lock &&
            facts.supervisor != process_state::alive) ||
           !processes_->recorder_lives();
}

void stop_run_job::escalate() {
    const auto now = clock::now();
    if (phase_ != phase::recording && processes_->left().empty()) {
        phase_ = phase::recording;
        phase_end_ = now + record_limit;
        look_interval_ = first_look_interval;
    }
    if (phase_ == phase::recording) {
        if (recorded() || now >= phase_end_) {
            reply(true);
        }
        return;
    }
    if (now < phase_end_) {
        return;
    }
    if (phase_ == phase::asked_operation) {
        signal_all(SIGTERM);
        phase_ = phase::asked_all;
        phase_end_ = timeout_;
    } else if (phase_ == phase::asked_all && request_.force) {
        signal_all(SIGKILL);
        phase_ = phase::killed;
        phase_end_ = now + kill_limit;
    } else {
        reply(true);
    }
}

void stop_run_job::reply(bool was_running) {
    protocol::stop_reply out{.was_running = was_running};
    if (processes_) {
        out.survivors = processes_->left();
    }
    out.run = read_run(run_, *context_.launcher, {});
    channel_.reply(out);
    phase_ = phase::done;
}

job_wait stop_run_job::wait() {
    job_wait out{.deadline = std::min(clock::now() + look_interval_, phase_end_)};
    look_interval_ = std::min(look_interval_ * 5 / 4, last_look_interval);
    out.readable_fd = processes_->end_fd();
    return out;
}

} // namespace

std::unique_ptr<job> make_stop_run_job(const agent_context& context, protocol::stop_run request,
                                       reply_channel channel) {
    return std::make_unique<stop_run_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
