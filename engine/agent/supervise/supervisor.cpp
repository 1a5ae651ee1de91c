#include "engine/agent/supervise/supervisor.hpp"

#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/files/stop_request.hpp"
#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/launch/supervisor_launch.hpp"
#include "engine/agent/machine/descendants.hpp"
#include "engine/agent/machine/interpreter_facts.hpp"
#include "engine/agent/machine/logout.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/machine/signal_process.hpp"
#include "engine/agent/slots/slot_file.hpp"
#include "engine/agent/slurm/job_seat.hpp"
#include "engine/agent/supervise/end_record.hpp"
#include "engine/agent/supervise/left_behind.hpp"
#include "engine/agent/supervise/operation_process.hpp"
#include "engine/agent/supervise/output_recorder.hpp"
#include "engine/agent/supervise/output_scalars.hpp"
#include "engine/agent/supervise/start_record.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// How long output is still read after the operation has ended, if a grandchild holds the pipe.
constexpr std::chrono::milliseconds drain_limit{1000};
/// How long the end waits for slow facts of the interpreter, first run of each only.
constexpr std::chrono::milliseconds facts_limit{2000};
/// Between asking an operation whose time is up to end and killing it.
constexpr std::chrono::seconds stop_grace{30};
/// Between two looks whether the record still means this attempt of a job.
constexpr std::chrono::seconds seat_interval{20};
/// How much later than its operation the supervisor may hear of Slurm's SIGTERM.
constexpr int told_late_ms = 300;
/// Largest piece of output that is read at once, as Guild reads it (FORMAT.md 2.6).
constexpr std::size_t output_piece = 4096;

/// The one process that watches over one operation.
class supervisor {
  public:
    explicit supervisor(const run_paths& run, std::optional<job_seat> seat = {})
        : run_(run), seat_(std::move(seat)) {}
    int run();

  private:
    result<> start();
    result<> take_slots();
    void clear_up();
    void fail_in_job(const failure& why);
    void look_at_seat();
    void end_everything();
    void outlive_login();
    void write_slow_facts();
    bool write_fact(const char* name, const std::string& text) const;
    void watch();
    bool pump(descriptor& from, output_stream stream);
    void reap();
    void wait_for_facts();
    std::optional<clock::time_point> stop_time() const;
    void stop_in_time();
    int poll_timeout() const;
    bool is_over() const;

    run_paths run_;
    std::optional<job_seat> seat_; // in a job of Slurm
    start_record record_;
    operation_process operation_;
    std::unique_ptr<output_recorder> output_;
    std::unique_ptr<output_scalars> scalars_;
    std::unique_ptr<end_record> end_;
    std::vector<descriptor> slots_; // for as long as this process lives
    descriptor signals_;
    bool was_staged_ = ::access(run_.staged().c_str(), F_OK) == 0;
    std::string warning_; // for whoever asked for the start
    std::optional<int> wait_status_;
    clock::time_point started_;
    clock::time_point ended_;
    std::optional<clock::time_point> told_to_end_; // by Slurm
    clock::time_point next_seat_look_;
    bool seat_lost_ = false;         // another attempt has it: nothing more is written
    int stop_signals_ = 0;           // sent because the time was up
    std::vector<process_mark> left_; // that the time was up for
    pid_t facts_writer_ = -1;
};

void detach_from_everything(bool in_job) {
    ::prctl(PR_SET_NAME, "outrider-agent"); // it was executed as /proc/self/exe
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);     // orphans of the operation become ours and can be found
    for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2}) {
        if (number != SIGTERM || !in_job) { // Slurm's is waited for
            ::signal(number, SIG_IGN);
        }
    }
    ::signal(SIGCHLD, SIG_DFL); // ignored, as some parents leave it, children vanish unseen
    for (const int fd : {supervisor_report_fd, supervisor_lock_fd}) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC); // not for the operation
    }
}

descriptor awaited_signals(bool in_job) {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    if (in_job) {
        sigaddset(&mask, SIGTERM);
    }
    ::sigprocmask(SIG_BLOCK, &mask, nullptr);
    return descriptor(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
}

result<> supervisor::start() {
    // From here on the start is this process's, whatever becomes of the agent that made it.
    const auto here = identity_here(describe_machine(), own_mark(), {});
    if (auto written = write_identity(run_, run_.starting(), here); !written) {
        return written;
    }
    auto record = read_start_record(run_);
    if (!record) {
        return record.error();
    }
    record_ = std::move(*record);
    if (auto taken = take_slots(); !taken) {
        return taken;
    }
    outlive_login();
    auto recorder = output_recorder::create(run_);
    if (!recorder) {
        return recorder.error();
    }
    output_ = std::make_unique<output_recorder>(std::move(*recorder));
    scalars_ = std::make_unique<output_scalars>(run_, record_.request);
    end_ = std::make_unique<end_record>(run_);
    const char* python_path = std::getenv("PYTHONPATH");
    const auto words = words_to_execute(record_.command, python_path != nullptr ? python_path : "",
                                        record_.cache_directory + "/python-");
    auto forked = operation_process::fork(words, run_.directory.native());
    if (!forked) {
        return forked.error();
    }
    operation_ = std::move(*forked);
    if (auto recorded = record_running(run_, operation_.mark(), record_.request.secrets);
        !recorded) {
        return recorded;
    }
    started_ = clock::now();
    if (record_.request.background) {
        std::ignore = replace_file(run_.job(), run_.temporary("JOB"), // only names our pid
                                   std::to_string(::getpid()));
    }
    if (!record_.request.pidfile.empty()) {
        if (auto written =
                write_new_file(record_.request.pidfile, std::to_string(operation_.mark().pid));
            !written) {
            return written;
        }
    }
    return operation_.release();
}

result<> supervisor::take_slots() {
    for (const auto& slot : record_.slots) {
        auto taken = take_slot(record_.cache_directory, slot);
        if (!taken) {
            return taken.error();
        }
        if (!slot.shared) {
            sign_slot(*taken, run_.directory.native());
        }
        slots_.push_back(std::move(*taken));
    }
    return {};
}

// Before the operation is forked, so that it moves as well.
void supervisor::outlive_login() {
    if (job_of_this_process()) {
        return; // Slurm's, and in its bounds
    }
    const auto plan = plan_for_logout(read_logout_facts(record_.user));
    const bool ends_at_logout =
        plan == logout_plan::warn ||
        (plan == logout_plan::enter_scope && !enter_user_scope(run_.directory.filename().native()));
    if (ends_at_logout) {
        warning_ = logout_warning(record_.user, describe_machine().host_name);
    }
}

// In a process of its own, because an interpreter takes long to ask and output must flow.
void supervisor::write_slow_facts() {
    if (record_.python_exe.empty()) {
        return;
    }
    const fs::path cache = record_.cache_directory;
    bool asks = false;
    if (record_.request.record_packages) {
        const auto packages = cached_packages(cache, record_.python_exe);
        asks = !packages || !write_fact("pip_freeze", *packages);
    }
    if (record_.platform_given && !asks) {
        return;
    }
    facts_writer_ = ::fork();
    if (facts_writer_ == 0) {
        if (!record_.platform_given) {
            const auto version = ask_python_version(cache, record_.python_exe);
            std::ignore = write_fact("platform", platform_text(version));
        }
        const auto packages = asks ? ask_packages(cache, record_.python_exe) : std::nullopt;
        ::_exit(packages && !write_fact("pip_freeze", *packages) ? 1 : 0);
    }
}

bool supervisor::write_fact(const char* name, const std::string& text) const {
    return replace_file(run_.attribute(name), run_.temporary(name), text).has_value();
}

void supervisor::reap() {
    signalfd_siginfo told;
    while (::read(signals_.get(), &told, sizeof told) > 0) {
        if (told.ssi_signo == SIGTERM && !told_to_end_) {
            told_to_end_ = clock::now();
            seat_->ask_why();
        }
    }
    int status = 0;
    for (pid_t child = 0; (child = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (child == operation_.mark().pid) {
            wait_status_ = status;
            ended_ = clock::now();
        } else if (child == facts_writer_) {
            facts_writer_ = -1;
        }
    }
}

// False once the stream has ended.
bool supervisor::pump(descriptor& from, output_stream stream) {
    std::array<char, output_piece> piece;
    const auto got = ::read(from.get(), piece.data(), piece.size());
    if (got < 0) {
        return errno == EINTR || errno == EAGAIN;
    }
    if (got == 0) {
        return false;
    }
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    output_->record(bytes, stream);
    scalars_->feed(bytes, static_cast<std::size_t>(stream));
    return true;
}

bool supervisor::is_over() const {
    if (!wait_status_) {
        return false;
    }
    const bool streams_ended = !operation_.standard_output && !operation_.standard_error;
    return streams_ended || clock::now() >= ended_ + drain_limit;
}

// When the operation is asked, and later made, to end; nothing if it may run on.
std::optional<clock::time_point> supervisor::stop_time() const {
    if (stop_signals_ >= 2) {
        return std::nullopt;
    }
    if (told_to_end_) {
        return *told_to_end_ + (stop_signals_ == 0 ? 0ms : seat_->grace());
    }
    if (record_.request.stop_after_ms <= 0) {
        return std::nullopt;
    }
    return started_ + std::chrono::milliseconds(record_.request.stop_after_ms) +
           stop_signals_ * stop_grace;
}

void supervisor::stop_in_time() {
    const auto when = stop_time();
    if (wait_status_ || !when || clock::now() < *when) {
        return;
    }
    if (stop_signals_ == 0 && !told_to_end_) {
        std::ignore =
            write_stop_request(run_, {stopped_by_time, now_us(), {}}); // only names a reason
    }
    if (stop_signals_ == 0) {
        left_ = living_processes({.run_id = run_.directory.filename().native(),
                                  .directory = run_.directory.native(),
                                  .operation = operation_.mark(),
                                  .supervisor = own_mark()},
                                 {});
        signal_process(operation_.mark(), SIGTERM);
        wake_suspended(left_);
    } else {
        end_everything();
    }
    ++stop_signals_;
}

int supervisor::poll_timeout() const {
    auto end = wait_status_ ? std::optional(ended_ + drain_limit) : stop_time();
    if (!end && !seat_) {
        return -1;
    }
    if (seat_) {
        end = std::min(end.value_or(next_seat_look_), next_seat_look_);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - clock::now());
    constexpr std::int64_t hour_ms = 3'600'000; // poll takes an int
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, hour_ms));
}

void supervisor::watch() {
    reap(); // the operation may have ended before the signal was looked at
    while (!is_over()) {
        std::array<pollfd, 3> polled{
            pollfd{.fd = signals_.get(), .events = POLLIN, .revents = 0},
            pollfd{.fd = operation_.standard_output.get(), .events = POLLIN, .revents = 0},
            pollfd{.fd = operation_.standard_error.get(), .events = POLLIN, .revents = 0}};
        ::poll(polled.data(), polled.size(), poll_timeout()); // a negative descriptor is skipped
        if (polled[1].revents != 0 &&
            !pump(operation_.standard_output, output_stream::standard_output)) {
            operation_.standard_output.reset();
        }
        if (polled[2].revents != 0 &&
            !pump(operation_.standard_error, output_stream::standard_error)) {
            operation_.standard_error.reset();
        }
        if (polled[0].revents != 0) {
            reap();
        }
        stop_in_time();
        look_at_seat();
    }
}

// Slurm starts a job again whose node it has lost; we may be the one that lives on there.
void supervisor::look_at_seat() {
    const auto now = clock::now();
    if (!seat_ || wait_status_ || now < next_seat_look_) {
        return;
    }
    next_seat_look_ = now + seat_interval;
    if (!seat_->is_ours()) {
        seat_lost_ = true;
        end_everything();
    }
}

void supervisor::end_everything() {
    const run_processes all{.run_id = run_.directory.filename().native(),
                            .directory = run_.directory.native(),
                            .operation = operation_.mark(),
                            .supervisor = own_mark()};
    for (const auto& process : living_processes(all, left_)) {
        signal_process(process, SIGKILL);
    }
}

void supervisor::wait_for_facts() {
    const auto deadline = clock::now() + facts_limit;
    while (facts_writer_ > 0 && clock::now() < deadline) {
        pollfd polled{.fd = signals_.get(), .events = POLLIN, .revents = 0};
        ::poll(&polled, 1, 100);
        reap();
    }
}

// A run that was staged stays so, and one that is pending for its parent; a new one is removed.
void supervisor::clear_up() {
    if (was_staged_ || record_.request.pending) {
        std::ignore = write_new_file(was_staged_ ? run_.staged() : run_.pending(), "");
        for (const auto& path : {run_.lock(), run_.identity(), run_.starting(), run_.job()}) {
            std::ignore = remove_file(path); // of processes that are gone: they say nothing
        }
        return;
    }
    std::ignore = remove_file(run_.opref()); // no run any more, even if the rest stays
    std::ignore = remove_tree(run_.directory);
}

// What is left says why; the run may be started again.
void supervisor::fail_in_job(const failure& why) {
    const protocol::end_reason reason{.kind = "failed_to_launch", .detail = why.context};
    std::ignore = replace_file(run_.reason(), run_.temporary("reason"),
                               protocol::encode(reason) + "\n"); // said on standard error as well
    seat_->give_back();
    for (const auto& path : {run_.lock(), run_.identity(), run_.starting(), run_.job(),
                             run_.staged(), run_.pending()}) {
        std::ignore = remove_file(path); // of processes that are gone: they say nothing
    }
    std::fprintf(stderr, "outrider-agent: %s\n", why.context.c_str());
}

int supervisor::run() {
    detach_from_everything(seat_.has_value());
    signals_ = awaited_signals(seat_.has_value());
    const auto started = start();
    if (!started && seat_) {
        fail_in_job(started.error());
        return 1;
    }
    if (!started) {
        // Under the lock, and before the report: whoever hears of it finds nothing left behind.
        clear_up();
        report_start(started, warning_);
        return 1;
    }
    std::ignore = remove_file(run_.starting()); // only tells about runs that are pending
    if (seat_) {
        seat_->release_lock();
        next_seat_look_ = clock::now() + seat_interval;
    } else {
        report_start(started, warning_);
    }
    write_slow_facts();
    watch();
    output_->finish();
    scalars_->finish();
    if (seat_lost_ || (seat_ && !seat_->is_ours())) {
        return 0; // the end is another attempt's to tell
    }
    if (seat_ && !told_to_end_ && WIFSIGNALED(*wait_status_)) {
        // Slurm tells all processes of a job, and the operation may have been first.
        pollfd polled{.fd = signals_.get(), .events = POLLIN, .revents = 0};
        ::poll(&polled, 1, told_late_ms);
        reap();
    }
    if (told_to_end_ && !read_stop_request(run_)) {
        if (seat_->is_requeued()) {
            seat_->wait_again();
            return 0;
        }
        end_->expect(seat_->why());
    }
    end_->write(*wait_status_);
    wait_for_facts();
    if (record_.request.background) {
        std::ignore = remove_file(run_.job());
    }
    if (!record_.request.pidfile.empty()) {
        std::ignore = remove_file(record_.request.pidfile);
    }
    end_->finish();
    end_left_behind(run_, operation_.mark(), signals_.get(), [this] { reap(); });
    if (record_.request.trash_on_success && *wait_status_ == 0) {
        std::ignore = move_to_trash(run_); // else it stays where it is, which is no harm
    }
    if (record_.request.delete_on_success && *wait_status_ == 0) {
        std::ignore = remove_file(run_.opref()); // no run any more, even if the rest stays
        std::ignore = remove_tree(run_.directory);
    }
    return 0;
}

// Slurm's SIGTERM may come before there is an operation: it is kept until then.
int supervise_in_job(const run_paths& run) {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &mask, nullptr);
    auto seat = job_seat::take(run);
    if (!seat) {
        std::fprintf(stderr, "outrider-agent: %s\n", seat.error().context.c_str());
        return 1;
    }
    return supervisor(run, std::move(*seat)).run();
}

} // namespace

int supervise(const run_paths& run) {
    // A start that fails removes the run, so nobody may start one by hand that has run before.
    const auto has = [](const fs::path& marker) { return ::access(marker.c_str(), F_OK) == 0; };
    if (!is_launched() && job_of_this_process() && read_job_record(run)) {
        return supervise_in_job(run);
    }
    if (!is_launched() || (!has(run.pending()) && !has(run.staged()))) {
        std::fputs("outrider-agent: only an agent starts runs; use 'outrider run'\n", stderr);
        return 2;
    }
    return supervisor(run).run();
}

} // namespace outrider::agent
