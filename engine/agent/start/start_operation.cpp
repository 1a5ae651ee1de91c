#include "engine/agent/start/start_operation.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_lock.hpp"
#include "engine/agent/machine/activation.hpp"
#include "engine/agent/slots/slot_search.hpp"
#include "engine/agent/slurm/job_record.hpp"
#include "engine/agent/start/package_copies.hpp"
#include "engine/agent/start/python_requirements.hpp"
#include "engine/agent/start/run_sources.hpp"
#include "engine/agent/start/staged_run.hpp"
#include "engine/agent/start/start_dependencies.hpp"
#include "engine/agent/start/start_of_children.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// Between two looks at a lock that another client's start holds.
constexpr auto lock_interval = 10ms;
/// Longest that one call of `advance` copies files.
constexpr auto copy_slice = 20ms;
/// Longest that a start by somebody else, or the supervisor, is waited for.
constexpr auto start_limit = 120s;

class start_operation_job final : public job {
  public:
    start_operation_job(const agent_context& context, std::unique_ptr<start_origin> origin,
                        reply_channel channel)
        : context_(context), origin_(std::move(origin)), channel_(channel) {}
    ~start_operation_job() override { discard(); }

    std::optional<job_wait> advance() override;
    void cancel() override { cancelled_ = true; }

  private:
    enum class step {
        begin,
        lock,
        activate,
        install,
        resolve,
        find_slots,
        copy,
        prepare,
        import,
        depend,
        launch,
        report,
        done
    };

    result<job_wait> take();
    result<job_wait> begin();
    result<job_wait> lock();
    result<job_wait> look();
    result<job_wait> activate();
    result<job_wait> install();
    result<job_wait> resolve();
    result<job_wait> find_slots();
    result<job_wait> copy();
    result<job_wait> prepare();
    result<job_wait> import();
    result<job_wait> depend();
    bool has_all_dependencies() const;
    result<job_wait> fail_unmet(const failure& why);
    result<job_wait> stage();
    result<job_wait> leave_pending();
    result<job_wait> answer_prepared();
    result<job_wait> launch();
    result<job_wait> report();
    job_wait go_on(step next);
    void reply(bool existed);
    void discard();
    const protocol::start_run& request() const { return origin_->request(); }

    const agent_context& context_;
    std::unique_ptr<start_origin> origin_;
    reply_channel channel_;
    step step_ = step::begin;
    clock::time_point began_ = clock::now();
    run_paths run_;
    descriptor lock_;
    bool ours_to_discard_ = false;
    activated_environment environment_;
    environment_map activated_;
    std::optional<python_requirements> requirements_;
    std::string programs_; // of the environment that has the requirements
    resolved_start start_;
    std::optional<slot_search> slots_;
    start_of_children children_;
    std::string programs_of_children_; // of an environment that has what they require
    std::optional<package_copies> copies_;
    start_dependencies dependencies_;
    std::string not_met_; // for the reply
    std::unique_ptr<launch_progress> launched_;
    std::string warning_; // for the reply
    bool cancelled_ = false;
};

std::optional<job_wait> start_operation_job::advance() {
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

result<job_wait> start_operation_job::take() {
    switch (step_) {
    case step::begin:
        return begin();
    case step::lock:
        return lock();
    case step::activate:
        return activate();
    case step::install:
        return install();
    case step::resolve:
        return resolve();
    case step::find_slots:
        return find_slots();
    case step::copy:
        return copy();
    case step::prepare:
        return prepare();
    case step::import:
        return import();
    case step::depend:
        return depend();
    case step::launch:
        return launch();
    case step::report:
    case step::done:
        break;
    }
    return report();
}

job_wait start_operation_job::go_on(step next) {
    step_ = next;
    return {};
}

result<job_wait> start_operation_job::begin() {
    auto run = origin_->find(context_);
    if (!run) {
        return run.error();
    }
    run_ = std::move(*run);
    return go_on(step::lock);
}

result<job_wait> start_operation_job::lock() {
    auto locked = try_lock_run(run_);
    if (!locked) {
        return locked.error();
    }
    if (!locked->has_value()) {
        if (clock::now() >= began_ + start_limit) {
            return failure(errc::timed_out,
                           "another client is starting run " + run_.directory.filename().native());
        }
        return job_wait{.deadline = clock::now() + lock_interval};
    }
    lock_ = std::move(**locked);
    return look();
}

result<job_wait> start_operation_job::look() {
    const auto verdict = origin_->take(context_, run_);
    if (!verdict) {
        return verdict.error();
    }
    switch (*verdict) {
    case start_origin::verdict::look_again:
        lock_.reset();
        return job_wait{.deadline = clock::now()};
    case start_origin::verdict::started_before:
        reply(true);
        return go_on(step::done);
    case start_origin::verdict::go_on:
        break;
    }
    ours_to_discard_ = true;
    const auto here = identity_here(context_.machine, own_mark(), {});
    if (auto written = write_identity(run_, run_.starting(), here); !written) {
        return written.error();
    }
    return go_on(step::activate);
}

result<job_wait> start_operation_job::activate() {
    auto environment = environment_.poll(context_, request().activation);
    if (!environment) {
        return environment.error();
    }
    if (!environment->has_value()) {
        return environment_.wait();
    }
    activated_ = std::move(**environment);
    return go_on(step::install);
}

result<job_wait> start_operation_job::install() {
    if (request().requirements.empty()) {
        return go_on(step::resolve);
    }
    if (!requirements_) {
        auto python = interpreter_of(context_, request(), run_, activated_);
        if (!python.path) {
            return go_on(step::resolve); // fails there, if its command needs one
        }
        auto environment = activated_; // without what is only right in the run's directory
        environment.insert_or_assign("PATH", python.environment["PATH"]);
        auto begun = python_requirements::begin(
            context_, {request().requirements, request().constraints, *python.path}, environment,
            [this](const std::string& line) {
                channel_.part(protocol::start_progress{.line = line});
            });
        if (!begun) {
            return begun.error();
        }
        requirements_ = std::move(*begun);
    }
    auto programs = requirements_->poll();
    if (!programs) {
        return programs.error();
    }
    if (!programs->has_value()) {
        return requirements_->wait();
    }
    // Children look for the environment themselves: what they inherited would be one more on top.
    const bool is_children = !request().command.empty() && request().command.front() == "${agent}";
    (is_children ? programs_of_children_ : programs_) = std::move(**programs);
    requirements_.reset();
    return go_on(step::resolve);
}

result<job_wait> start_operation_job::resolve() {
    if (auto taken = children_.take(context_, request(), run_, activated_); !taken) {
        return taken.error();
    }
    auto resolved = resolve_start(context_, request(), run_, std::move(activated_), programs_);
    if (!resolved) {
        return resolved.error();
    }
    start_ = std::move(*resolved);
    if (!request().source_run.empty()) {
        auto copied = copy_run_sources(context_, request(), run_);
        if (!copied) {
            return copied.error();
        }
        start_.manifest = std::move(*copied);
    }
    return go_on(step::find_slots);
}

// Before anything is copied. Others look, too: the supervisor takes what is found, or fails.
result<job_wait> start_operation_job::find_slots() {
    const auto& needs = request().needs;
    const bool has_needs = needs.count > 0 || needs.gpus_per_trial > 0;
    if (!has_needs || request().stage || request().pending) {
        return go_on(step::copy);
    }
    if (!slots_) {
        auto begun = slot_search::begin(context_, needs, start_.environment);
        if (!begun) {
            return begun.error();
        }
        slots_ = std::move(*begun);
    }
    auto found = slots_->poll();
    if (!found) {
        return found.error();
    }
    if (!found->has_value()) {
        return slots_->wait();
    }
    if (!(*found)->trouble.empty()) {
        return failure(errc::start_failed, (*found)->trouble);
    }
    if (auto& grant = (*found)->grant) {
        start_.record.slots = std::move(grant->slots);
        for (auto& [name, value] : grant->environment) {
            start_.environment[name] = std::move(value);
        }
    } else if (!inherits_slots(start_.environment)) {
        return failure(errc::no_free_slot,
                       "no slot of the " + std::to_string((*found)->count.total) + " is free");
    }
    slots_.reset();
    return go_on(step::copy);
}

result<job_wait> start_operation_job::copy() {
    if (!copies_) {
        copies_.emplace();
        if (!request().package.empty()) {
            copies_->add(request().package, run_.directory);
        }
        // Of a batch its trials' source code goes to the proto; only an optimizer has its own.
        if (const auto package = children_.package(); !package.empty()) {
            copies_->add(package, run_.proto());
        }
    }
    const auto copied = copies_->step(context_, clock::now() + copy_slice);
    if (!copied) {
        return copied.error();
    }
    return *copied ? go_on(step::prepare) : job_wait{.deadline = clock::now()};
}

result<job_wait> start_operation_job::prepare() {
    if (auto prepared = children_.prepare(context_, run_, programs_of_children_); !prepared) {
        return prepared.error();
    }
    if (auto prepared = origin_->prepare(context_, run_, start_); !prepared) {
        return prepared.error();
    }
    return go_on(step::import);
}

// A run that another program made, and of whose dependencies nothing is known but that it has them.
bool start_operation_job::has_all_dependencies() const {
    std::error_code error;
    return fs::exists(run_.attribute("deps"), error) && !fs::exists(run_.resolved(), error) &&
           origin_->resolved_before().empty();
}

result<job_wait> start_operation_job::import() {
    if (request().dependencies.empty() || has_all_dependencies()) {
        return go_on(step::depend);
    }
    const auto wait = dependencies_.try_modules(request(), start_, run_);
    return wait ? *wait : go_on(step::depend);
}

result<job_wait> start_operation_job::depend() {
    const step next = step::launch;
    if (request().pending) {
        return leave_pending();
    }
    if (request().dependencies.empty() || has_all_dependencies()) {
        return request().stage ? stage() : go_on(next);
    }
    const auto done = dependencies_.resolve(context_, request(), run_, origin_->resolved_before(),
                                            clock::now() + copy_slice);
    if (!done) {
        return fail_unmet(done.error());
    }
    if (!*done) {
        return job_wait{.deadline = clock::now()};
    }
    if (auto recorded = dependencies_.record(run_); !recorded) {
        return recorded.error();
    }
    return request().stage ? stage() : go_on(next);
}

// The run stays, so that it can be looked at.
result<job_wait> start_operation_job::fail_unmet(const failure& why) {
    ours_to_discard_ = false;
    origin_->keep_failed(run_, why);
    lock_.reset();
    not_met_ = why.context;
    reply(false);
    return go_on(step::done);
}

result<job_wait> start_operation_job::stage() {
    if (auto staged = mark_staged(
            run_, public_environment(start_.environment, start_.record.request.secrets));
        !staged) {
        return staged.error();
    }
    ours_to_discard_ = false;
    if (auto removed = remove_file(run_.pending()); !removed) {
        return removed.error();
    }
    return answer_prepared();
}

// What it requires is resolved when it starts: others of its parent may make it.
result<job_wait> start_operation_job::leave_pending() {
    const std::string now = std::to_string(now_us()) + "\n";
    if (auto written = write_new_file(run_.attribute("started"), now); !written) {
        return written.error();
    }
    ours_to_discard_ = false;
    return answer_prepared();
}

// Without its starter the run waits: it is not taken for one whose start was cut off.
result<job_wait> start_operation_job::answer_prepared() {
    std::ignore = remove_file(run_.starting());
    forget_children(context_, request().children);
    reply(false);
    return go_on(step::done);
}

result<job_wait> start_operation_job::launch() {
    const bool is_job = request().slurm && !context_.starts_processes_only;
    if (auto planned = plan_job(run_, is_job ? request().slurm : std::nullopt,
                                children_.head() && may_be_array(*children_.head(), run_));
        !planned) {
        return planned.error();
    }
    auto launched = context_.launcher->launch(run_, {request().operation, request().flags},
                                              start_.environment, lock_);
    if (!launched) {
        return launched.error();
    }
    launched_ = std::move(*launched);
    ours_to_discard_ = false; // from here on it is the supervisor's
    return go_on(step::report);
}

result<job_wait> start_operation_job::report() {
    auto outcome = launched_->poll();
    if (!outcome) {
        ours_to_discard_ = launched_->is_abandoned();
        return outcome.error();
    }
    if (!outcome->has_value()) {
        return launched_->wait();
    }
    warning_ = (*outcome)->warning;
    forget_children(context_, request().children);
    reply(false);
    return go_on(step::done);
}

void start_operation_job::reply(bool existed) {
    const std::chrono::duration<double> took = clock::now() - began_;
    channel_.reply(protocol::start_reply{.run = read_run(run_, *context_.launcher, {}),
                                         .existed = existed,
                                         .seconds = took.count(),
                                         .warning = warning_,
                                         .resolved = dependencies_.lines(),
                                         .not_met = not_met_});
}

void start_operation_job::discard() {
    if (ours_to_discard_) {
        ours_to_discard_ = false;
        origin_->discard(run_);
        lock_.reset();
    }
}

} // namespace

std::unique_ptr<job> make_start_job(const agent_context& context,
                                    std::unique_ptr<start_origin> origin, reply_channel channel) {
    return std::make_unique<start_operation_job>(context, std::move(origin), channel);
}

} // namespace outrider::agent
