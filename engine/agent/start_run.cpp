#include "engine/agent/activation.hpp"
#include "engine/agent/copy_package.hpp"
#include "engine/agent/jobs.hpp"
#include "engine/agent/logout.hpp"
#include "engine/agent/prepare_run.hpp"
#include "engine/agent/run_lock.hpp"
#include "engine/agent/supervisor_start.hpp"
#include "engine/agent/tree_removal.hpp"
#include "engine/runs/read_run.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// Between two looks at a lock that another client's start holds.
constexpr auto lock_interval = 10ms;
/// Longest that one call of `advance` copies files.
constexpr auto copy_slice = 20ms;
/// Longest that a start by somebody else, or the supervisor, is waited for.
constexpr auto start_limit = 120s;

/// Makes a run directory under its lock and starts a supervisor for it. Until the supervisor is
/// launched, the end of this job for whatever reason removes the directory again; after that, the
/// supervisor does what is needed by itself.
class start_run_job final : public job {
  public:
    start_run_job(const agent_context& context, protocol::start_run request, reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel) {}
    ~start_run_job() override { discard(); }

    std::optional<job_wait> advance() override;
    void cancel() override { cancelled_ = true; }

  private:
    enum class step { begin, lock, activate, prepare, copy, launch, report, done };

    result<job_wait> take();
    result<job_wait> begin();
    result<job_wait> lock();
    result<job_wait> taken_over();
    result<job_wait> activate();
    result<job_wait> prepare();
    result<job_wait> copy();
    result<job_wait> launch();
    result<job_wait> report();
    job_wait go_on(step next);
    void reply(bool existed);
    void discard();

    const agent_context& context_;
    protocol::start_run request_;
    reply_channel channel_;
    step step_ = step::begin;
    clock::time_point began_ = clock::now();
    run_paths run_;
    descriptor lock_;
    bool ours_to_discard_ = false;
    std::unique_ptr<activation> activation_;
    environment_map activated_;
    resolved_start start_;
    std::optional<package_copy> package_;
    std::optional<supervisor_start> supervisor_;
    std::string warning_; // for the reply
    bool cancelled_ = false;
};

std::optional<job_wait> start_run_job::advance() {
    // After the launch the run exists, and the client is told so even if it no longer asks.
    if (cancelled_ && step_ < step::report) {
        channel_.fail({errc::cancelled, "the start was cancelled"});
        return std::nullopt;
    }
    for (;;) {
        const step before = step_;
        auto wait = take();
        if (!wait) {
            discard(); // before the answer: whoever hears of it finds nothing left behind
            channel_.fail(wait.error());
            return std::nullopt;
        }
        if (step_ == step::done) {
            return std::nullopt;
        }
        if (step_ == before) {
            return *wait;
        }
    }
}

result<job_wait> start_run_job::take() {
    switch (step_) {
    case step::begin:
        return begin();
    case step::lock:
        return lock();
    case step::activate:
        return activate();
    case step::prepare:
        return prepare();
    case step::copy:
        return copy();
    case step::launch:
        return launch();
    case step::report:
    case step::done:
        break;
    }
    return report();
}

job_wait start_run_job::go_on(step next) {
    step_ = next;
    return {};
}

result<job_wait> start_run_job::begin() {
    if (auto good = check_start_request(request_); !good) {
        return good.error();
    }
    auto run = run_in_home(resolve_home(request_.home, context_.machine.home), request_.run_id);
    if (!run) {
        return run.error();
    }
    run_ = std::move(*run);
    return go_on(step::lock);
}

result<job_wait> start_run_job::lock() {
    auto locked = try_lock_run(run_);
    if (!locked) {
        return locked.error();
    }
    if (!locked->has_value()) {
        if (clock::now() >= began_ + start_limit) {
            return failure(errc::timed_out, "another client is starting run " + request_.run_id);
        }
        return job_wait{.deadline = clock::now() + lock_interval};
    }
    lock_ = std::move(**locked);
    if (is_run(run_)) {
        return taken_over();
    }
    ours_to_discard_ = true;
    const auto here = identity_here(context_.machine, own_mark(), {});
    if (auto written = write_identity(run_, run_.starting(), here); !written) {
        return written.error();
    }
    return go_on(step::activate);
}

// The run is there: an earlier request made it, unless that start was cut off before its operation
// was forked; then this request makes it anew.
result<job_wait> start_run_job::taken_over() {
    const auto facts = read_run(run_, context_.machine, {});
    if (facts.pending && !facts.lock && facts.operation == protocol::process_state::none &&
        read_identity(run_.starting())) {
        ours_to_discard_ = true;
        discard();
        return job_wait{.deadline = clock::now()};
    }
    reply(true);
    return go_on(step::done);
}

result<job_wait> start_run_job::activate() {
    if (request_.activation.empty()) {
        activated_ = inherited_environment();
        return go_on(step::prepare);
    }
    if (!activation_) {
        auto begun =
            activation::begin(request_.activation, context_.executable, context_.machine.home);
        if (!begun) {
            return begun.error();
        }
        activation_ = std::move(*begun);
    }
    auto environment = activation_->poll();
    if (!environment) {
        return environment.error();
    }
    if (!environment->has_value()) {
        return activation_->wait();
    }
    activated_ = std::move(**environment);
    activation_.reset();
    return go_on(step::prepare);
}

result<job_wait> start_run_job::prepare() {
    auto resolved = resolve_start(context_, request_, run_, std::move(activated_));
    if (!resolved) {
        return resolved.error();
    }
    start_ = std::move(*resolved);
    const auto& machine = context_.machine;
    const auto at_logout = plan_for_logout(read_logout_facts(machine.user));
    start_.record.enter_scope = at_logout == logout_plan::enter_scope;
    if (at_logout == logout_plan::warn) {
        warning_ = logout_warning(machine.user, machine.host_name);
    }
    if (request_.package.empty()) {
        return go_on(step::launch);
    }
    auto package = package_copy::begin(context_.machine.cache_directory, request_.package, run_);
    if (!package) {
        return package.error();
    }
    package_ = std::move(*package);
    return go_on(step::copy);
}

result<job_wait> start_run_job::copy() {
    auto copied = package_->step(clock::now() + copy_slice);
    if (!copied) {
        return copied.error();
    }
    if (!*copied) {
        return job_wait{.deadline = clock::now()};
    }
    return go_on(step::launch);
}

result<job_wait> start_run_job::launch() {
    if (auto prepared = prepare_run(context_, request_, run_, start_); !prepared) {
        return prepared.error();
    }
    auto launched = supervisor_start::launch(context_, run_, {request_.operation, request_.flags},
                                             start_.environment, lock_);
    if (!launched) {
        return launched.error();
    }
    supervisor_ = std::move(*launched);
    ours_to_discard_ = false; // from here on it is the supervisor's
    return go_on(step::report);
}

result<job_wait> start_run_job::report() {
    auto outcome = supervisor_->poll();
    if (!outcome) {
        ours_to_discard_ = supervisor_->is_abandoned();
        return outcome.error();
    }
    if (!outcome->has_value()) {
        return supervisor_->wait();
    }
    if (!(*outcome)->warning.empty()) {
        warning_ = (*outcome)->warning;
    }
    reply(false);
    return go_on(step::done);
}

void start_run_job::reply(bool existed) {
    const std::chrono::duration<double> took = clock::now() - began_;
    channel_.reply(protocol::start_reply{.run = read_run(run_, context_.machine, {}),
                                         .existed = existed,
                                         .seconds = took.count(),
                                         .warning = warning_});
}

void start_run_job::discard() {
    if (!ours_to_discard_) {
        return;
    }
    ours_to_discard_ = false;
    std::ignore = remove_file(run_.opref()); // no run any more, even if the rest cannot be removed
    std::ignore = remove_tree(run_.directory);
    lock_.reset();
}

} // namespace

std::unique_ptr<job> make_start_run_job(const agent_context& context, protocol::start_run request,
                                        reply_channel channel) {
    return std::make_unique<start_run_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
