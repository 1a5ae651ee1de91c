#include "engine/agent/start/queue.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/agent/launch/process_launcher.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/server/job_drive.hpp"
#include "engine/agent/server/pipe.hpp"
#include "engine/agent/start/guild_start.hpp"
#include "engine/agent/start/queue_options.hpp"
#include "engine/agent/start/queue_view.hpp"
#include "engine/runs/process_identity.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <set>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// Between two looks at the output of the run that the queue waits for.
constexpr auto output_interval = 100ms;
/// After a directory appeared: until its run is complete.
constexpr auto settle_interval = 200ms;
constexpr int settle_looks = 10;

int stop_pipe = -1; // written by the signal handler, which can do little else

void ask_to_stop(int) {
    std::ignore = ::write(stop_pipe, "s", 1); // a full pipe says it already
}

void say(const std::string& text, const char* level = "INFO") {
    std::array<char, 32> time{};
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    std::strftime(time.data(), time.size(), "%Y-%m-%d %H:%M:%S", ::localtime_r(&now, &local));
    std::fprintf(stderr, "%s: [queue] %s %s\n", level, time.data(), text.c_str());
}

/// One queue, until it is stopped or, with run-once, nothing is left.
class queue {
  public:
    queue(agent_context context, queue_options options, descriptor stop)
        : context_(std::move(context)), options_(std::move(options)), stop_(std::move(stop)) {}
    void run();
    bool stopped() const { return stopped_; }

  private:
    bool start_next();
    bool start(const std::string& id);
    bool start_by_guild(const std::string& id);
    bool others_run();
    void follow(const std::string& id);
    void wait_for_runs();
    bool pause(std::chrono::milliseconds time, int also = -1);
    run_paths place(const std::string& id) const { return {fs::path(options_.home) / "runs" / id}; }

    agent_context context_;
    queue_options options_;
    descriptor stop_;
    descriptor changes_;
    std::set<std::string> given_up_; // staged runs that this queue cannot start
    std::string waited_for_;         // what was said last about runs that go on
    bool said_guild_ = false;
    bool stopped_ = false;
};

void queue::run() {
    changes_.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    const fs::path runs = fs::path(options_.home) / "runs";
    // Without it the queue looks every poll-interval.
    std::ignore = ::inotify_add_watch(changes_.get(), runs.c_str(), IN_CREATE | IN_MOVED_TO);
    say("Processing staged runs");
    bool said_waiting = false;
    while (!stopped_) {
        if (start_next()) {
            said_waiting = false;
            continue;
        }
        if (options_.run_once && waited_for_.empty()) {
            return;
        }
        if (!said_waiting && waited_for_.empty()) {
            say("Waiting for staged runs");
            said_waiting = true;
        }
        wait_for_runs();
    }
    say("Stopping queue");
}

// False if there was nothing to start.
bool queue::start_next() {
    waited_for_.clear();
    for (const auto& id : staged_runs(options_.home)) {
        if (given_up_.contains(id)) {
            continue;
        }
        if (options_.wait_for_running && !options_.ignore_running && others_run()) {
            return false;
        }
        if (pause(0ms)) {
            return false;
        }
        if (start(id)) {
            return true;
        }
    }
    return false;
}

bool queue::others_run() {
    const char* own = std::getenv("RUN_ID");
    const auto running = running_runs(options_.home, *context_.launcher, own == nullptr ? "" : own);
    std::string names;
    for (const auto& id : running) {
        names += (names.empty() ? "" : ", ") + id;
    }
    if (!names.empty() && names != waited_for_) {
        say("Waiting for runs to finish: " + names);
    }
    waited_for_ = names;
    return !names.empty();
}

bool queue::start(const std::string& id) {
    protocol::start_staged request;
    request.home = options_.home;
    request.run_id = id;
    request.only_staged = true;
    if (options_.gpus) {
        request.environment["CUDA_VISIBLE_DEVICES"] = *options_.gpus;
    }
    say("Starting staged run " + id);
    const auto started = start_here(context_, std::move(request));
    if (started) {
        follow(id);
        return true;
    }
    switch (started.error().kind()) {
    case errc::conflict:
    case errc::not_found:
        return false; // another queue, or a person, was faster
    case errc::unsupported:
        return start_by_guild(id);
    default:
        given_up_.insert(id);
        say("Run " + id + " could not be started and stays staged: " + started.error().context,
            "WARNING");
        return false;
    }
}

bool queue::start_by_guild(const std::string& id) {
    const auto program = find_executable(inherited_environment(), "guild");
    given_up_.insert(id); // once is enough, whatever comes of it
    if (program.empty()) {
        if (!said_guild_) {
            say("Run " + id +
                    " was staged by Guild AI, which is not installed here: such runs "
                    "are left staged",
                "WARNING");
            said_guild_ = true;
        }
        return false;
    }
    const int status = run_guild_start(program, options_.home, id);
    if (status != 0) {
        say("Guild AI ended with exit code " + std::to_string(status) + " for run " + id,
            "WARNING");
    }
    return true;
}

// Shows the output of a run until it has ended or the queue is stopped.
void queue::follow(const std::string& id) {
    const run_paths run = place(id);
    const descriptor output(::open(run.output().c_str(), O_RDONLY | O_CLOEXEC));
    for (bool ended = false; !ended;) {
        ended = has_ended(read_run(run, *context_.launcher, {})) || pause(output_interval);
        std::array<char, 65536> piece;
        for (ssize_t got = 0; (got = ::read(output.get(), piece.data(), piece.size())) > 0;) {
            std::fwrite(piece.data(), 1, static_cast<std::size_t>(got), stdout);
        }
        std::fflush(stdout);
    }
}

void queue::wait_for_runs() {
    if (pause(options_.poll_interval, changes_.get())) {
        return;
    }
    std::array<char, 4096> events;
    if (::read(changes_.get(), events.data(), events.size()) <= 0) {
        return;
    }
    for (int i = 0; i < settle_looks && !pause(settle_interval); ++i) {
        for (const auto& id : staged_runs(options_.home)) {
            if (!given_up_.contains(id)) {
                return;
            }
        }
    }
}

// True once the queue is to stop.
bool queue::pause(std::chrono::milliseconds time, int also) {
    std::array<pollfd, 2> polled{pollfd{.fd = stop_.get(), .events = POLLIN, .revents = 0},
                                 pollfd{.fd = also, .events = POLLIN, .revents = 0}};
    ::poll(polled.data(), polled.size(), static_cast<int>(time.count()));
    stopped_ = stopped_ || polled[0].revents != 0;
    return stopped_;
}

// What this operation was given is not for the operations that it starts.
void clear_own_environment() {
    for (const char* name : {"FLAG_GPUS", "FLAG_IGNORE_RUNNING", "FLAG_POLL_INTERVAL",
                             "FLAG_RUN_ONCE", "FLAG_WAIT_FOR_RUNNING", "GUILD_OP", "CMD_DIR",
                             "GUILD_SOURCECODE", "PROJECT_DIR", "GUILD_PLUGINS"}) {
        ::unsetenv(name);
    }
}

} // namespace

int run_queue(const std::vector<std::string_view>& words) {
    auto options = read_queue_options(words);
    if (!options) {
        std::fprintf(stderr, "outrider-agent: %s\n", options.error().context.c_str());
        return 2;
    }
    auto stop = make_pipe("cannot watch for signals");
    if (!stop) {
        std::fprintf(stderr, "outrider-agent: %s\n", stop.error().context.c_str());
        return 1;
    }
    stop_pipe = stop->write.get();
    ::fcntl(stop_pipe, F_SETFL, O_NONBLOCK);
    for (const int number : {SIGTERM, SIGINT}) {
        ::signal(number, ask_to_stop);
    }
    clear_own_environment();
    auto context = describe_agent();
    context.launcher = std::make_shared<process_launcher>(context.machine);
    queue one(std::move(context), std::move(*options), std::move(stop->read));
    one.run();
    if (one.stopped()) {
        ::signal(SIGTERM, SIG_DFL); // a queue that was stopped shows as terminated
        ::raise(SIGTERM);
    }
    return 0;
}

} // namespace outrider::agent
