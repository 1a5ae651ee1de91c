#include "engine/agent/start/queue.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/server/job_drive.hpp"
#include "engine/agent/server/pipe.hpp"
#include "engine/agent/slots/slot_file.hpp"
#include "engine/agent/slurm/run_launchers.hpp"
#include "engine/agent/start/guild_start.hpp"
#include "engine/agent/supervise/start_record.hpp"
#include "engine/core/result.hpp"
#include "engine/protocol/messages.hpp"
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
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {
namespace {

// ---- what it was asked to do

/// The flags of the operation `queue`.
struct queue_options {
    std::string home; ///< absolute
    std::chrono::milliseconds poll_interval{10'000};
    bool run_once = false;
    bool wait_for_running = false;
    bool ignore_running = false;
    std::optional<std::string> gpus; ///< CUDA_VISIBLE_DEVICES of the started runs
};

// As flags reach a process: true is `1`, false is the empty word; a person may type the rest.
bool is_true(std::string_view text) {
    return text == "1" || text == "yes" || text == "true" || text == "on";
}

result<std::chrono::milliseconds> interval_of(std::string_view text) {
    double seconds = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, seconds);
    constexpr double longest = 86'400; // a day
    if (error != std::errc() || at != end || !(seconds > 0) || seconds > longest) {
        return failure(errc::bad_input, "poll-interval: '" + std::string(text) +
                                            "' is not a number of seconds up to 86400");
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000) + 1);
}

/// Reads `--NAME VALUE` words; an empty value of a switch means no. `bad_input` names what is
/// wrong.
result<queue_options> read_queue_options(const std::vector<std::string_view>& words) {
    queue_options out;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        const auto name = words[i];
        const auto value = words[i + 1];
        if (name == "--home") {
            out.home = value;
        } else if (name == "--gpus") {
            out.gpus = std::string(value);
        } else if (name == "--run-once") {
            out.run_once = is_true(value);
        } else if (name == "--wait-for-running") {
            out.wait_for_running = is_true(value);
        } else if (name == "--ignore-running") {
            out.ignore_running = is_true(value);
        } else if (name == "--poll-interval") {
            auto interval = interval_of(value);
            if (!interval) {
                return interval.error();
            }
            out.poll_interval = *interval;
        } else {
            return failure(errc::bad_input, "'" + std::string(name) + "' is no flag of the queue");
        }
    }
    if (words.size() % 2 != 0 || out.home.empty() || out.home.front() != '/') {
        return failure(errc::bad_input, "the queue has no home to look into");
    }
    return out;
}

// ---- the runs of a home

bool has(const fs::path& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

// The runs of a home, in no order; what vanishes meanwhile is not among them.
std::vector<run_paths> runs_of(const std::string& home) {
    std::vector<run_paths> out;
    std::error_code error;
    for (fs::directory_iterator at(fs::path(home) / "runs", error), end; !error && at != end;
         at.increment(error)) {
        out.push_back({at->path()});
    }
    return out;
}

std::int64_t started_us(const run_paths& run) {
    std::int64_t time = 0;
    if (const auto text = read_small_file(run.attribute("started"))) {
        std::from_chars(text->data(), text->data() + text->size(), time);
    }
    return time;
}

/// The ids of the staged runs of a home, in the order in which they were staged.
std::vector<std::string> staged_runs(const std::string& home) {
    std::vector<std::pair<std::int64_t, std::string>> found;
    for (const auto& run : runs_of(home)) {
        // A staged run that was copied from elsewhere waits there.
        if (has(run.staged()) && has(run.opref()) && !has(run.pending()) &&
            !has(run.guild() / "LOCK.remote")) {
            found.emplace_back(started_us(run), run.directory.filename().native());
        }
    }
    std::ranges::sort(found);
    std::vector<std::string> out;
    for (auto& [time, id] : found) {
        out.push_back(std::move(id));
    }
    return out;
}

/// The ids of the runs of a home that are running, without queues and without `but`.
std::vector<std::string> running_runs(const std::string& home, run_launcher& launcher,
                                      const std::string& but) {
    std::vector<std::string> out;
    for (const auto& run : runs_of(home)) {
        const std::string id = run.directory.filename().native();
        if (id == but || !has(run.lock()) || has(run.guild() / "LOCK.remote")) {
            continue;
        }
        const auto facts = read_run(run, launcher, {});
        if (status_of(facts).state == run_state::running && !facts.opref.starts_with("builtin:")) {
            out.push_back(id);
        }
    }
    std::ranges::sort(out);
    return out;
}

// ---- the work

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
    std::fprintf(stderr, "%s: [guild] %s %s\n", level, time.data(), text.c_str());
}

/// One queue, until it is stopped or, with run-once, nothing is left.
class queue {
  public:
    queue(agent_context context, queue_options options, descriptor stop)
        : context_(std::move(context)), options_(std::move(options)), stop_(std::move(stop)) {}
    void run();

  private:
    bool start_next();
    bool start(const std::string& id);
    bool takes_slot(const std::string& id) const;
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
    std::set<std::string> waiting_;  // those that it cannot start before a slot is free
    std::string waited_for_;         // what was said last about runs that go on
    bool said_guild_ = false;
    int processed_ = 0; // runs that were started
    bool stopped_ = false;
};

void queue::run() {
    changes_.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    const fs::path runs = fs::path(options_.home) / "runs";
    // Without it the queue looks every poll-interval.
    std::ignore = ::inotify_add_watch(changes_.get(), runs.c_str(), IN_CREATE | IN_MOVED_TO);
    const fs::path slots = slots_directory(context_.machine.cache_directory);
    std::ignore = make_directories(slots);
    std::ignore = ::inotify_add_watch(changes_.get(), slots.c_str(), IN_CLOSE_WRITE);
    const auto began = std::chrono::steady_clock::now();
    say("Starting queue");
    if (options_.run_once) {
        say("Processing staged runs");
    }
    bool said_waiting = false;
    while (!stopped_) {
        if (start_next()) {
            said_waiting = false;
            continue;
        }
        if (options_.run_once && waited_for_.empty() && waiting_.empty() && !stopped_) {
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
            std::array<char, 64> seconds{};
            std::snprintf(seconds.data(), seconds.size(), "%.6f", took.count());
            say("queue processed " + std::to_string(processed_) + " run(s) in " + seconds.data() +
                " seconds");
            break;
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
    if (!waiting_.contains(id)) {
        say("Starting staged run " + id);
    }
    const auto started = start_here(context_, std::move(request), [](const std::string& line) {
        std::printf("%s\n", line.c_str());
        std::fflush(stdout);
    });
    if (started) {
        for (const auto& line : started->resolved) {
            std::printf("%s\n", line.c_str());
        }
        std::fflush(stdout);
    }
    if (started || started.error().kind() != errc::no_free_slot) {
        waiting_.erase(id);
    }
    if (started && started->not_met.empty()) {
        ++processed_;
        // Those that take a slot run beside each other, as many as there are.
        if (!takes_slot(id)) {
            follow(id);
        }
        return true;
    }
    if (started) {
        given_up_.insert(id);
        std::fprintf(stderr, "guild: %s\n", started->not_met.c_str());
        say("Run " + id + " was not started", "WARNING");
        return true; // look again: it is not staged any more
    }
    switch (started.error().kind()) {
    case errc::conflict:
    case errc::not_found:
        return false; // another queue, or a person, was faster
    case errc::no_free_slot:
        if (waiting_.insert(id).second) {
            say("Run " + id + " waits: " + started.error().context);
        }
        return false;
    case errc::unsupported:
        return start_by_guild(id);
    default:
        given_up_.insert(id);
        say("Run " + id + " could not be started and stays staged: " + started.error().context,
            "WARNING");
        return false;
    }
}

bool queue::takes_slot(const std::string& id) const {
    const auto record = read_start_record(place(id));
    return record && !record->slots.empty();
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
    if (auto* view = view_of(context_); view != nullptr && read_job_record(run)) {
        view->begin(options_.poll_interval); // it may end without leaving an exit status
    }
    descriptor output;
    for (bool ended = false; !ended;) {
        ended = has_ended(read_run(run, *context_.launcher, {})) || pause(output_interval);
        if (!output) { // a job begins later
            output.reset(::open(run.output().c_str(), O_RDONLY | O_CLOEXEC));
        }
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
    if (context_.background) {
        context_.background->advance();
    }
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
    choose_launchers(context);
    queue one(std::move(context), std::move(*options), std::move(stop->read));
    one.run(); // a queue that is stopped has done its work, and shows as completed
    return 0;
}

} // namespace outrider::agent
