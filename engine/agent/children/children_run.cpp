#include "engine/agent/children/children_run.hpp"

#include "engine/agent/children/asked_trials.hpp"
#include "engine/agent/children/children_log.hpp"
#include "engine/agent/children/elsewhere_step.hpp"
#include "engine/agent/children/step_checks.hpp"
#include "engine/agent/children/suggested_trials.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/server/job_drive.hpp"
#include "engine/runs/run_status.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace outrider::agent {

using protocol::planned_child;

namespace {

/// Exit code of a pipeline of which a step did not do what is expected of it, as Guild has it.
constexpr int check_failed = 3;
/// Between two looks at what trials tell that may be stopped early.
constexpr int early_stop_interval_ms = 500;

} // namespace

children_run::children_run(agent_context context, parent_run parent, children_reader plan,
                           descriptor signals, chosen_children chosen)
    : context_(std::move(context)), parent_(std::move(parent)), plan_(std::move(plan)),
      signals_(std::move(signals)), chosen_(std::move(chosen)),
      slots_(context_, chosen_.slots.value_or(plan_.head().slots), inherited_environment()),
      active_(context_, signals_), progress_(context_, parent_, head()),
      token_(std::to_string(now_us()) + "-" + std::to_string(::getpid())) {
    if (head().search && head().search->program) {
        search_ = std::make_unique<asked_trials>(context_, parent_, head(), signals_);
    } else if (head().search) {
        search_ = std::make_unique<suggested_trials>(context_, parent_, head());
    }
    if (early_stop()) {
        stopper_ = std::make_unique<early_stopper>(parent_, *early_stop());
    }
}

// ---- starting

// In a first pass over the plan, so that whoever looks sees how many are to come.
result<> children_run::make_all() {
    auto reader = children_reader::open(parent_.run.children());
    if (!reader) {
        return reader.error();
    }
    for (;;) {
        auto child = reader->next();
        if (!child) {
            return child.error();
        }
        if (!*child) {
            return {};
        }
        pollfd polled{.fd = signals_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&polled, 1, 0) > 0) {
            return {}; // the rest is made when the run goes on
        }
        if (head().stage) {
            announce(**child, "Staging");
        }
        if (auto made = make_child(context_, head(), **child, parent_); !made) {
            return made;
        }
    }
}

void children_run::announce(const planned_child& child, const char* doing) {
    if (are_steps()) {
        log_line((child.again ? "restarting " : "running ") + child.title);
        return;
    }
    if (!head().stage) {
        progress_.begins();
        tell_progress();
    }
    log_line(std::string(doing) + " trial " + child.id + ": " + child.title);
}

std::size_t children_run::parallel() const {
    const std::int64_t most = chosen_.parallel >= 0 ? chosen_.parallel : head().parallel;
    if (most == 0 && slots_.are_needed()) {
        return std::numeric_limits<std::size_t>::max(); // as many as have a slot
    }
    return static_cast<std::size_t>(std::max<std::int64_t>(most, 1));
}

const std::optional<protocol::children_early_stop>& children_run::early_stop() const {
    return chosen_.early_stop ? chosen_.early_stop : head().early_stop;
}

// An element of an array has one of them; how far the batch is, is not its to tell.
result<std::optional<planned_child>> children_run::next_of_plan() {
    for (;;) {
        auto child = plan_.next();
        if (!child || !*child || chosen_.only.empty() || (*child)->id == chosen_.only) {
            return child;
        }
    }
}

void children_run::tell_progress() const {
    if (chosen_.only.empty()) {
        progress_.tell();
    }
}

// Those of the plan first, then those that a search makes.
result<std::optional<planned_child>> children_run::next() {
    if (!plan_read_) {
        auto child = next_of_plan();
        if (!child || *child) {
            if (child && search_) {
                search_->add(**child);
            }
            return child;
        }
        plan_read_ = true;
    }
    return search_ && chosen_.pending ? search_->next() : std::optional<planned_child>{};
}

// False once there is nothing more to start.
bool children_run::fill() {
    waits_for_slot_ = false;
    while (!exit_code_ && !stopped_ && active_.count() < parallel()) {
        if (!next_) {
            auto child = next();
            if (!child && child.error().kind() == errc::cancelled) {
                stopped_ = true;
                return false;
            }
            if (!child) {
                log_line(child.error().context, "ERROR");
                exit_code_ = 1; // those that run are waited for
                return false;
            }
            if (!*child) {
                return false;
            }
            next_ = std::move(*child);
        }
        if (failing_.is_hopeless() && !head().keep_going && !chosen_.keep_going) {
            log_line(failing_.text(), "ERROR");
            exit_code_ = failing_.code();
            return false;
        }
        if (!take_on(*next_)) {
            waits_for_slot_ = true;
            return true;
        }
        next_.reset();
    }
    return !exit_code_ && !stopped_;
}

bool children_run::is_wanted(const protocol::run_facts& facts) const {
    const auto status = status_of(facts);
    if (are_steps() && status.state != run_state::completed) {
        return true; // those behind it need what it makes
    }
    if (status.state == run_state::pending || status.state == run_state::staged || facts.pending ||
        facts.staged) {
        return chosen_.pending;
    }
    const bool launched = !facts.reason || facts.reason->kind != "failed_to_launch";
    const bool lost = status.state == run_state::error && !status.exit_status && launched;
    const bool failed = status.state != run_state::completed && !lost;
    return (lost && chosen_.lost) || (failed && chosen_.failed);
}

// One that an earlier life of the run has left behind.
void children_run::pass_over(const planned_child& child, const protocol::run_facts& facts) {
    const auto state = status_of(facts).state;
    if (are_steps() || state == run_state::pending || state == run_state::staged) {
        return;
    }
    progress_.ended_before(child, state != run_state::completed);
    if (stopper_) {
        stopper_->add(child.id);
        stopper_->finish(child.id);
    }
}

// False while there is no slot for it.
bool children_run::take_on(const planned_child& child) {
    const run_paths run = parent_.child(child.id);
    start_terms terms{.token = token_, .token_before = {}, .grant = {}};
    if (is_run(run)) {
        terms.token_before = recorded_token(run); // before the look that decides
        const auto facts = read_run(run, *context_.launcher, {});
        terms.waited = facts.pending || facts.staged;
        const auto status = status_of(facts);
        if (status.state == run_state::running) {
            announce(child, "Running");
            attach(child);
            return true;
        }
        if (!child.again && !is_wanted(facts)) {
            pass_over(child, facts);
            if (search_ || !chosen_.pending) {
                return true; // it goes on where it was, or does what was chosen
            }
            log_line("Skipping " + child.id + " because its status is '" +
                     boost::describe::enum_to_string(status.state, "unknown") +
                     "' (expected 'pending')");
            return true;
        }
    } else if (!chosen_.pending && !are_steps()) {
        return true;
    }
    const bool is_run_here = child.cannot.empty() && child.skipped.empty() && !child.elsewhere;
    if (slots_.are_needed() && is_run_here) {
        auto found = slots_.find();
        if (!found) {
            return false;
        }
        terms.grant = std::move(*found);
    }
    announce(child, "Running");
    if (!child.cannot.empty()) {
        cannot_start(child, {errc::bad_input, child.cannot});
        return true;
    }
    if (!child.skipped.empty()) {
        print_line(child.skipped);
        std::ignore = link_to_child(child, parent_); // to nothing, as Guild leaves it
        return true;
    }
    if (child.elsewhere) {
        run_there(child);
        return true;
    }
    if (auto made = make_child(context_, head(), child, parent_); !made) {
        cannot_start(child, made.error());
        return true;
    }
    return start(child, terms);
}

void children_run::run_there(const planned_child& child) {
    const auto code = run_elsewhere(*child.elsewhere, signals_.get());
    if (!code) {
        cannot_start(child, code.error());
    } else if (!*code) {
        stopped_ = true;
    } else {
        conclude(child,
                 {.failed = **code != 0, .terminated = false, .code = **code, .message = {}});
    }
}

// False where its slot went to somebody else.
bool children_run::start(const planned_child& child, const start_terms& terms) {
    auto begun = start_child(context_, child, parent_, terms);
    if (!begun) {
        cannot_start(child, begun.error());
        return true;
    }
    if (!*begun) {
        progress_.has_not_begun();
        return false;
    }
    const protocol::start_reply* const started = &**begun;
    for (const auto& line : started->resolved) {
        if (are_steps()) {
            print_line(line);
        } else {
            log_line(line);
        }
    }
    if (!started->not_met.empty()) {
        cannot_start(child, {errc::start_failed, started->not_met});
        return true;
    }
    attach(child);
    return true;
}

void children_run::cannot_start(const planned_child& child, const failure& why) {
    if (why.kind() == errc::no_space) {
        // It would keep every other one as well: they wait until there is space.
        log_line(why.context, "ERROR");
        exit_code_ = 1;
        return;
    }
    mark_not_started(child, parent_, why.context);
    conclude(child, {.failed = true, .terminated = false, .code = 1, .message = why.context});
}

void children_run::attach(const planned_child& child) {
    active_.add(child, parent_.child(child.id), parallel() <= 1);
    if (stopper_) {
        stopper_->add(child.id);
    }
}

// ---- running

// The run of the step stays as it is, whatever comes of this.
void children_run::check(const planned_child& child) {
    const auto checked = check_step(present_place(parent_.child(child.id)), child.checks);
    for (const auto& line : checked.lines) {
        print_line(line);
    }
    if (!checked.passed) {
        print_line(head().program + ": stopping because a check failed - see above for details");
        exit_code_ = check_failed;
    }
}

void children_run::conclude(const planned_child& child, const child_end& end) {
    if (!are_steps()) {
        conclude_trial(child, end);
        return;
    }
    if (!end.failed) {
        if (!child.checks.empty()) {
            check(child);
        }
        return;
    }
    if (!end.message.empty()) {
        print_line(head().program + ": " + end.message);
    }
    exit_code_ = end.code;
}

void children_run::conclude_trial(const planned_child& child, const child_end& end) {
    const bool early = stopped_early_.contains(child.id);
    if (stopper_) {
        stopper_->finish(child.id);
    }
    failing_.ended(end.failed && !end.terminated, end.code,
                   !end.failed            ? ""
                   : !end.message.empty() ? end.message
                                          : last_output_line(parent_.child(child.id)),
                   failing_start::clock::now());
    progress_.ends(child, end, early);
    tell_progress();
    if (!end.failed || early) {
        return; // why it ended early was said
    }
    if (!end.message.empty()) {
        log_line("Trial " + child.id + " exited with an error: (1) " + end.message, "ERROR");
    } else if (end.terminated) {
        log_line("Trial " + child.id + " was terminated");
        return; // somebody wanted this one to end, not the batch
    } else {
        log_line("Trial " + child.id + " exited with an error (" + std::to_string(end.code) +
                     ") - see log for details",
                 "ERROR");
    }
    if (head().stop_on_failure || chosen_.stop_on_failure) {
        log_line("Stopping batch because a trial failed (pending trials can be started as needed)",
                 "ERROR");
        exit_code_ = end.code;
    }
}

// Trials that are not worth going on with. The batch does not wait for one that takes its time, or
// has to be killed: what ends it is told as any end.
void children_run::stop_early() {
    if (!stopper_) {
        return;
    }
    active_.each([this](const planned_child& child) {
        const auto verdict = stopper_->look_at(child.id);
        if (!verdict) {
            return;
        }
        stopped_early_.insert(child.id);
        log_line("Trial " + child.id + " " + verdict->text());
        protocol::stop_run ask;
        ask.home = parent_.home;
        ask.run_id = child.id;
        ask.reason = verdict->text();
        ask.timeout_ms = early_stop()->kill_ms;
        ask.force = true;
        active_.stop(child.id, std::move(ask));
    });
}

void children_run::stop_all() {
    active_.stop_all(parent_, are_steps() ? "step" : "trial", chosen_.stop_limit_ms);
    if (!are_steps() && chosen_.only.empty()) {
        log_line("Stopping batch (pending trials can be started as needed)");
    }
}

std::optional<int> children_run::run() {
    const auto fail = [](const failure& why) {
        log_line(why.context, "ERROR");
        return 1;
    };
    if (!head().failed.empty()) {
        print_line(head().failed);
        return 1;
    }
    for (const auto& note : head().notes) {
        print_line(note);
    }
    if (slots_.are_needed() && !head().stage) {
        if (auto good = slots_.check(); !good) {
            return fail(good.error());
        }
        active_.watch_directory(slots_.directory()); // before the first look
    }
    if (!are_steps() && !search_ && chosen_.only.empty()) {
        if (auto made = make_all(); !made) {
            return fail(made.error());
        }
    }
    if (head().stage) {
        return 0;
    }
    for (;;) {
        const bool more = fill();
        if (stopped_) {
            stop_all();
            return std::nullopt;
        }
        if (active_.count() == 0 && !waits_for_slot_) {
            if (!more) {
                return exit_code_.value_or(0);
            }
            continue; // what was begun could not be started
        }
        // One that was over before it could be watched tells nothing any more.
        const bool ended = active_.look_after([this](const planned_child& child) {
            conclude(child, end_of(context_, parent_.child(child.id)));
        });
        stop_early();
        if (!ended) {
            const int limit = waits_for_slot_ ? slots_.look_interval()
                              : stopper_      ? early_stop_interval_ms
                                              : -1;
            stopped_ = active_.wait(limit) || stopped_;
        }
    }
}

} // namespace outrider::agent
