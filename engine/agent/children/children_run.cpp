#include "engine/agent/children/children_run.hpp"

#include "engine/agent/children/child_output.hpp"
#include "engine/agent/children/child_start.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/launch/process_launcher.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/server/job_drive.hpp"
#include "engine/agent/server/pipe.hpp"
#include "engine/agent/start/children_plan.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {
namespace {

using protocol::children_kind;
using protocol::planned_child;

/// For children that are asked to end: less than who stops us waits (stop_run).
constexpr std::int64_t stop_limit_ms = 25'000;
/// Between two looks at a child of which nobody tells the end, and at one that is being started.
constexpr int look_interval_ms = 100;
constexpr int start_interval_ms = 10;
/// Longest that a start by somebody else is waited for, looks.
constexpr int start_looks = 12'000;

int signal_pipe = -1; // written by the signal handler, which can do little else

void note_signal(int) {
    const int error = errno;
    std::ignore = ::write(signal_pipe, "s", 1); // a full pipe says it already
    errno = error;
}

// At once: the output of a run is followed.
void print_line(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

void log_line(const std::string& text, const char* level = "INFO") {
    print_line(std::string(level) + ": [guild] " + text);
}

/// A child that runs.
struct active_child {
    planned_child plan;
    run_paths run;
    child_output output;
    std::vector<descriptor> ends; ///< of its processes that live
};

/// What has become of a child, for whoever goes on from it.
struct child_end {
    bool failed = false;
    bool terminated = false; ///< by a signal, which was meant for it alone
    int code = 0;            ///< what the parent exits with, if it ends for this one
    std::string message;     ///< where there was no exit status
};

/// Which of the children that have ended before are started again.
struct repeated_children {
    bool failed = false;
    bool lost = true;
};

class children_run {
  public:
    children_run(agent_context context, parent_run parent, children_reader plan, descriptor signals)
        : context_(std::move(context)), parent_(std::move(parent)), plan_(std::move(plan)),
          signals_(std::move(signals)), changes_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}
    /// The exit code; nothing: it was stopped.
    std::optional<int> run();

    void repeat(repeated_children which) { repeated_ = which; }

  private:
    const protocol::children_head& head() const { return plan_.head(); }
    bool are_steps() const { return head().kind == children_kind::steps; }
    result<> make_all();
    result<> make(const planned_child& child);
    result<> link_to(const planned_child& child) const;
    result<bool> fill();
    void take_on(planned_child child);
    bool is_wanted(const protocol::run_facts& facts) const;
    void start(const planned_child& child);
    std::optional<protocol::start_reply> insist_on_start(const planned_child& child);
    void attach(const planned_child& child);
    void announce(const planned_child& child, const char* doing) const;
    void watch();
    void look_after();
    bool look_at(active_child& child);
    child_end end_of(const run_paths& run) const;
    void conclude(const planned_child& child, const child_end& end);
    void cannot_start(const planned_child& child, const std::string& why);
    void stop_all();

    agent_context context_;
    parent_run parent_;
    children_reader plan_;
    descriptor signals_;
    descriptor changes_; // of output files
    repeated_children repeated_;
    std::string token_ = std::to_string(now_us()) + "-" + std::to_string(::getpid());
    std::list<active_child> active_;
    std::optional<int> exit_code_; // set: no more children are started
    bool stopped_ = false;
};

// ---- making

result<> children_run::link_to(const planned_child& child) const {
    const std::string& name = child.link.empty() ? child.id : child.link;
    const fs::path link = parent_.run.directory / name;
    if (::symlink(("../" + child.id).c_str(), link.c_str()) == 0 || errno == EEXIST) {
        return {};
    }
    return errno_failure(errno, "cannot link " + link.string());
}

result<> children_run::make(const planned_child& child) {
    if (is_run(parent_.child(child.id))) {
        return {};
    }
    if (auto linked = link_to(child); !linked) {
        return linked;
    }
    auto made = start_here(context_, start_of(head(), child, parent_));
    return made ? result<>() : result<>(made.error());
}

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
        if (auto made = make(**child); !made) {
            return made;
        }
    }
}

// ---- starting

void children_run::announce(const planned_child& child, const char* doing) const {
    log_line(are_steps() ? "running " + child.title
                         : std::string(doing) + " trial " + child.id + ": " + child.title);
}

// False once there is nothing more to start.
result<bool> children_run::fill() {
    while (!exit_code_ && !stopped_ &&
           active_.size() < static_cast<std::size_t>(std::max<std::int64_t>(head().parallel, 1))) {
        auto child = plan_.next();
        if (!child) {
            return child.error();
        }
        if (!*child) {
            return false;
        }
        take_on(std::move(**child));
    }
    return !exit_code_ && !stopped_;
}

bool children_run::is_wanted(const protocol::run_facts& facts) const {
    const auto status = status_of(facts);
    if (status.state == run_state::pending || status.state == run_state::staged || facts.pending ||
        facts.staged) {
        return true;
    }
    const bool lost = status.state == run_state::error && !status.exit_status && !facts.reason;
    const bool failed = status.state != run_state::completed && !lost;
    return (lost && repeated_.lost) || (failed && repeated_.failed);
}

void children_run::take_on(planned_child child) {
    const run_paths run = parent_.child(child.id);
    if (is_run(run)) {
        const auto facts = read_run(run, *context_.launcher, {});
        const auto status = status_of(facts);
        if (status.state == run_state::running) {
            announce(child, "Running");
            attach(child);
            return;
        }
        if (!is_wanted(facts)) {
            log_line("Skipping " + child.id + " because its status is '" +
                     boost::describe::enum_to_string(status.state, "unknown") +
                     "' (expected 'pending')");
            return;
        }
    }
    announce(child, "Running");
    if (!child.cannot.empty()) {
        cannot_start(child, child.cannot);
        return;
    }
    if (!child.skipped.empty()) {
        print_line(child.skipped);
        std::ignore = link_to(child); // to nothing, as Guild leaves it
        return;
    }
    if (auto made = make(child); !made) {
        cannot_start(child, made.error().context);
        return;
    }
    start(child);
}

// Nothing: it was said why not.
std::optional<protocol::start_reply> children_run::insist_on_start(const planned_child& child) {
    protocol::start_staged request;
    request.home = parent_.home;
    request.run_id = child.id;
    request.token = token_;
    for (int looks = 0;; ++looks) {
        auto started = start_here(context_, request);
        if (started) {
            return std::move(*started);
        }
        // An earlier one of us was killed while its start of the child went on.
        const auto facts = read_run(parent_.child(child.id), *context_.launcher, {});
        if (started.error().kind() != errc::conflict || looks == start_looks) {
            cannot_start(child, started.error().context);
            return std::nullopt;
        }
        if (status_of(facts).state == run_state::running) {
            return protocol::start_reply{.run = facts, .existed = true};
        }
        ::poll(nullptr, 0, start_interval_ms);
    }
}

void children_run::start(const planned_child& child) {
    auto started = insist_on_start(child);
    if (!started) {
        return;
    }
    for (const auto& line : started->resolved) {
        if (are_steps()) {
            print_line(line);
        } else {
            log_line(line);
        }
    }
    if (!started->not_met.empty()) {
        cannot_start(child, started->not_met);
        return;
    }
    attach(child);
}

// The run shows an error, whatever kept it from being started; what it would be is not known.
void children_run::cannot_start(const planned_child& child, const std::string& why) {
    const run_paths run = parent_.child(child.id);
    if (is_run(run) &&
        (::access(run.pending().c_str(), F_OK) == 0 || ::access(run.staged().c_str(), F_OK) == 0)) {
        const protocol::end_reason reason{.kind = "failed_to_launch", .detail = why};
        std::ignore = replace_file(run.reason(), run.temporary("reason"),
                                   protocol::encode(reason) + "\n"); // it is said below as well
        std::ignore = remove_file(run.staged());
        std::ignore = remove_file(run.pending());
    }
    conclude(child, {.failed = true, .terminated = false, .code = 1, .message = why});
}

void children_run::attach(const planned_child& child) {
    const run_paths run = parent_.child(child.id);
    // Before the output is read: what is appended after that is told.
    std::ignore = ::inotify_add_watch(changes_.get(), run.output().c_str(), IN_MODIFY);
    auto ends = context_.launcher->ends(run);
    active_.push_back({.plan = child,
                       .run = run,
                       .output = child_output(run, head().parallel > 1),
                       .ends = std::move(ends)});
}

// ---- running

void children_run::watch() {
    std::vector<pollfd> polled{{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                               {.fd = changes_.get(), .events = POLLIN, .revents = 0}};
    bool all_told = true;
    for (const auto& child : active_) {
        all_told = all_told && !child.ends.empty();
        for (const auto& end : child.ends) {
            polled.push_back({.fd = end.get(), .events = POLLIN, .revents = 0});
        }
    }
    ::poll(polled.data(), polled.size(), all_told ? -1 : look_interval_ms);
    stopped_ = stopped_ || polled[0].revents != 0;
    std::array<char, 4096> events;
    while (::read(changes_.get(), events.data(), events.size()) > 0) {
    }
}

// False once it has ended.
bool children_run::look_at(active_child& child) {
    child.output.show();
    std::erase_if(child.ends, [](const descriptor& end) {
        pollfd polled{.fd = end.get(), .events = POLLIN, .revents = 0};
        return ::poll(&polled, 1, 0) > 0;
    });
    if (!child.ends.empty()) {
        return true;
    }
    if (is_run(child.run) && !has_ended(read_run(child.run, *context_.launcher, {}))) {
        return true;
    }
    child.output.finish();
    return false;
}

void children_run::look_after() {
    for (auto child = active_.begin(); child != active_.end();) {
        if (look_at(*child)) {
            ++child;
            continue;
        }
        const auto end = end_of(child->run);
        const planned_child plan = std::move(child->plan);
        child = active_.erase(child);
        conclude(plan, end);
    }
}

child_end children_run::end_of(const run_paths& run) const {
    const run_paths place = present_place(run);
    if (!is_run(place)) {
        return {}; // only one that succeeded is removed
    }
    const auto facts = read_run(place, *context_.launcher, {});
    const auto status = status_of(facts);
    if (!status.exit_status) {
        return {.failed = true,
                .terminated = false,
                .code = 1,
                .message = status.reason.empty() ? "it has no exit status" : status.reason};
    }
    const auto exit_status = static_cast<int>(*status.exit_status);
    return {.failed = exit_status != 0,
            .terminated = exit_status < 0,
            .code = exit_status < 0 ? 128 - exit_status : exit_status,
            .message = {}};
}

void children_run::conclude(const planned_child& child, const child_end& end) {
    if (!end.failed) {
        return;
    }
    if (are_steps()) {
        if (!end.message.empty()) {
            print_line(head().program + ": " + end.message);
        }
        exit_code_ = end.code;
        return;
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
    if (head().stop_on_failure) {
        log_line("Stopping batch because a trial failed (pending trials can be started as needed)",
                 "ERROR");
        exit_code_ = end.code;
    }
}

// All are asked at once, then each is waited for.
void children_run::stop_all() {
    const auto request = [&](const active_child& child) {
        protocol::stop_run out;
        out.home = parent_.home;
        out.run_id = child.plan.id;
        out.stopped_by = "the end of " + parent_.id();
        return out;
    };
    for (auto& child : active_) {
        child.output.show();
        const auto facts = read_run(child.run, *context_.launcher, {});
        log_line((are_steps() ? "Stopping step (proc " : "Stopping trial (proc ") +
                 std::to_string(facts.operation_pid) + ")");
        auto ask = request(child);
        ask.no_wait = true;
        std::ignore = stop_here(context_, std::move(ask)); // it may have ended by itself
    }
    for (auto& child : active_) {
        auto wait = request(child);
        wait.timeout_ms = stop_limit_ms;
        wait.force = true;
        std::ignore = stop_here(context_, std::move(wait)); // its own run tells what became of it
        child.output.finish();
    }
    active_.clear();
    if (!are_steps()) {
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
    if (!are_steps()) {
        if (auto made = make_all(); !made) {
            return fail(made.error());
        }
    }
    if (head().stage) {
        return 0;
    }
    for (;;) {
        auto more = fill();
        if (!more) {
            return fail(more.error());
        }
        if (stopped_) {
            stop_all();
            return std::nullopt;
        }
        if (active_.empty()) {
            if (!*more) {
                return exit_code_.value_or(0);
            }
            continue; // what was begun could not be started
        }
        watch();
        look_after();
    }
}

// ---- the process

// What this operation was given is not for the operations that it starts.
void clear_own_environment() {
    for (const char* name : {"GUILD_OP", "CMD_DIR", "GUILD_SOURCECODE", "PROJECT_DIR",
                             "GUILD_PLUGINS", "OUTRIDER_REPEAT", "SYNC_RUN_OUTPUT"}) {
        ::unsetenv(name);
    }
}

repeated_children repeated_by(const char* names) {
    if (names == nullptr) {
        return {};
    }
    const std::string text = std::string(",") + names + ",";
    return {.failed = text.find(",failed,") != text.npos, .lost = text.find(",lost,") != text.npos};
}

result<descriptor> catch_signals() {
    auto pipe = make_pipe("cannot watch for signals");
    if (!pipe) {
        return pipe.error();
    }
    ::fcntl(pipe->write.get(), F_SETFL, O_NONBLOCK);
    // Ours for good: a signal may come until the process ends.
    signal_pipe = ::fcntl(pipe->write.get(), F_DUPFD_CLOEXEC, 3);
    for (const int number : {SIGTERM, SIGINT}) {
        ::signal(number, note_signal);
    }
    ::signal(SIGPIPE, SIG_IGN); // who records our output may be gone; the children are not
    ::signal(SIGCHLD, SIG_DFL);
    return std::move(pipe->read);
}

} // namespace

int run_children() {
    const char* directory = std::getenv("RUN_DIR");
    const char* home = std::getenv("GUILD_HOME");
    if (directory == nullptr || home == nullptr) {
        std::fputs("outrider-agent: only a batch or a pipeline runs children\n", stderr);
        return 2;
    }
    parent_run parent{.run = {fs::path(directory)}, .home = home};
    ::dup2(STDOUT_FILENO, STDERR_FILENO); // so that lines keep their order
    auto plan = children_reader::open(parent.run.children());
    auto signals = catch_signals();
    if (!plan || !signals) {
        log_line(plan ? signals.error().context : plan.error().context, "ERROR");
        return 1;
    }
    const auto repeated = repeated_by(std::getenv("OUTRIDER_REPEAT"));
    clear_own_environment();
    auto context = describe_agent();
    context.launcher = std::make_shared<process_launcher>(context.machine);
    context.activated = plan->head().common.activation;
    children_run all(std::move(context), std::move(parent), std::move(*plan), std::move(*signals));
    all.repeat(repeated);
    const auto code = all.run();
    if (code) {
        return *code;
    }
    std::fflush(stdout);
    ::signal(SIGTERM, SIG_DFL);
    ::raise(SIGTERM); // the run is terminated, not completed
    return 1;
}

} // namespace outrider::agent
