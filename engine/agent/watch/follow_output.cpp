#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/server/event_set.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"
#include "engine/agent/supervise/output_index.hpp"
#include "engine/agent/watch/output_lines.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/protocol/slurm_messages.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <array>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// Between two looks where events may not come: network file systems, processes of Guild.
constexpr auto look_interval = 200ms;
/// The same for jobs, whose files come from other nodes and whose evidence is Slurm's last answer.
constexpr auto job_interval = 500ms;
/// Between two looks where the kernel tells of every change; only a precaution.
constexpr auto idle_interval = 2000ms;
/// Most that one call of `advance` sends, bytes: other requests get their turn.
constexpr std::size_t slice = std::size_t{512} << 10;

// What a copy of a far run holds is all that comes here; whoever wants more follows the run there.
bool nothing_comes(const protocol::run_facts& facts) {
    return has_ended(facts) || is_copy_of_running(facts);
}

/// Sends what is in the output file, then waits for more, and ends when the run has ended and the
/// file was read to its end after that.
class follow_output_job final : public job {
  public:
    follow_output_job(const agent_context& context, protocol::follow_output request,
                      reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel),
          offset_(std::max<std::int64_t>(request_.offset, 0)), directories_(*context.watches) {}

    std::optional<job_wait> advance() override;
    void cancel() override { cancelled_ = true; }

  private:
    result<> begin();
    void watch_files();
    void watch_processes();
    void take_events();
    void open_output();
    void look_for_start();
    bool find_start();
    bool count_lines();
    void begin_again(std::int64_t size);
    void send(std::string_view piece);
    void restart_if_replaced();
    bool send_slice();
    void tell_progress();
    void tell_why_it_waits(const protocol::run_facts& facts);
    void reply();

    const agent_context& context_;
    protocol::follow_output request_;
    reply_channel channel_;
    run_paths run_;
    std::int64_t offset_;
    descriptor output_;
    std::optional<output_start> start_;    // while it is searched
    std::optional<line_clock> line_clock_; // if the times of lines are wanted
    bool lines_counted_ = false;           // those before the first that is sent
    ino_t inode_ = 0;
    event_set events_;
    directory_watches::watcher directories_;
    bool directories_tell_ = false; // the kernel tells of changes in them
    std::vector<descriptor> ends_;  // of processes of the run, if they can be told
    timespec progress_time_{};      // of what was told how far a batch is
    std::string why_it_waits_;      // as it was told last
    bool is_job_ = false;           // files of other nodes give no events
    bool look_at_run_ = true;       // something other than output may have changed
    bool begun_ = false;
    bool ended_ = false;
    bool cancelled_ = false;
    clock::time_point next_look_;
};

std::optional<job_wait> follow_output_job::advance() {
    if (cancelled_) {
        channel_.fail({errc::cancelled, "the watch was cancelled"});
        return std::nullopt;
    }
    if (!begun_) {
        if (auto begun = begin(); !begun) {
            channel_.fail(begun.error());
            return std::nullopt;
        }
    }
    if (!find_start() || !count_lines()) {
        return time_slice::let_others_go_first();
    }
    take_events();
    for (;;) {
        if (channel_.congested()) {
            return job_wait{.drained = true};
        }
        if (!send_slice()) {
            return job_wait{.deadline = clock::now()}; // more is there; others first
        }
        tell_progress();
        // At the end of the file. It counts only if the run had ended before the end was read.
        if (ended_ || !request_.follow) {
            reply();
            return std::nullopt;
        }
        if (!look_at_run_ && clock::now() < next_look_) {
            return job_wait{
                .readable_fd = events_.get(), .deadline = next_look_, .told = directories_.told()};
        }
        look_at_run_ = false;
        watch_processes();
        const bool told = directories_tell_ && !ends_.empty();
        next_look_ = clock::now() + (is_job_ ? job_interval : told ? idle_interval : look_interval);
        ended_ = !is_run(run_);
        if (!ended_) {
            const auto facts = read_run(run_, *context_.launcher, {});
            ended_ = nothing_comes(facts);
            is_job_ = facts.job.has_value();
            tell_why_it_waits(facts);
        }
        if (!ended_) {
            restart_if_replaced();
        }
    }
}

result<> follow_output_job::begin() {
    begun_ = true;
    auto run = run_of_request(context_, request_.home, request_.run_id, request_.run_dir);
    if (!run) {
        return run.error();
    }
    // A batch that went through is in the trash before anybody who started it can ask.
    run_ = present_place(*run);
    if (!is_run(run_)) {
        return failure(errc::not_found, "there is no run " + request_.run_id);
    }
    if (request_.follow) {
        watch_files();
    }
    if (request_.line_times) {
        line_clock_.emplace(run_.output_index().native());
    }
    open_output();
    look_for_start();
    return {};
}

// Of a run without output yet, everything is new.
void follow_output_job::look_for_start() {
    struct stat facts{};
    const bool some = output_ && ::fstat(output_.get(), &facts) == 0;
    if (request_.tail_lines) {
        start_ = output_start::last_lines(some ? facts.st_size : 0, *request_.tail_lines);
    } else if (request_.since_us || request_.since_ago_us) {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const auto since = request_.since_us.value_or(
            std::chrono::duration_cast<std::chrono::microseconds>(now).count() -
            request_.since_ago_us.value_or(0));
        const descriptor index(::open(run_.output_index().c_str(), O_RDONLY | O_CLOEXEC));
        start_ = output_start::after_lines(index ? lines_before(index.get(), since) : 0);
    }
}

// Whether the offset is known.
bool follow_output_job::find_start() {
    if (!start_) {
        return true;
    }
    if (!start_->step(output_.get(), time_slice().end())) {
        return false;
    }
    offset_ = start_->offset();
    start_.reset();
    channel_.part(protocol::output_begins{.offset = offset_});
    return true;
}

// Whether it is known which line comes first.
bool follow_output_job::count_lines() {
    lines_counted_ = lines_counted_ || !line_clock_ ||
                     line_clock_->reach(output_.get(), offset_, time_slice().end());
    return lines_counted_;
}

// Before the file is read: what is appended after the watch stands is not missed.
void follow_output_job::watch_files() {
    // No more watches for this user: the looks at intervals have to do.
    directories_tell_ = directories_.add(run_.guild().native(), IN_MODIFY | IN_CREATE | IN_DELETE |
                                                                    IN_MOVED_TO | IN_DELETE_SELF);
    directories_.add(run_.attributes().native(), IN_MOVED_TO | IN_CREATE);
}

// Anew at each look: the end of one is readable for ever, and a run may be started again.
void follow_output_job::watch_processes() {
    ends_ = context_.launcher->ends(run_);
    for (const auto& end : ends_) {
        events_.add(end.get());
    }
}

void follow_output_job::take_events() {
    look_at_run_ = look_at_run_ || (directories_.take() & ~std::uint32_t{IN_MODIFY}) != 0;
    for (const auto& end : ends_) {
        look_at_run_ = look_at_run_ || event_set::is_ready(end.get());
    }
}

void follow_output_job::open_output() {
    run_ = present_place(run_);
    output_.reset(::open(run_.output().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts{};
    if (output_ && ::fstat(output_.get(), &facts) == 0) {
        inode_ = facts.st_ino;
        if (facts.st_size < offset_) {
            begin_again(facts.st_size);
        }
    }
}

// The file is another one, of `size` bytes.
void follow_output_job::begin_again(std::int64_t size) {
    offset_ = 0;
    if (line_clock_) {
        line_clock_->restart();
    }
    channel_.part(protocol::output_restarted{.size = size});
}

void follow_output_job::restart_if_replaced() {
    struct stat named{};
    if (::stat(run_.output().c_str(), &named) != 0) {
        return; // not there yet
    }
    if (!output_ || (named.st_ino == inode_ && named.st_size < offset_)) {
        open_output();
    } else if (named.st_ino != inode_) {
        begin_again(named.st_size);
        open_output();
    }
}

// True at the end of what exists now.
bool follow_output_job::send_slice() {
    if (!output_) {
        open_output();
    }
    if (!output_) {
        return true;
    }
    std::array<char, protocol::data_payload> piece;
    for (std::size_t sent = 0; sent < slice && !channel_.congested();) {
        const auto got = ::pread(output_.get(), piece.data(), piece.size(), offset_);
        if (got <= 0) {
            return true;
        }
        send({piece.data(), static_cast<std::size_t>(got)});
        sent += static_cast<std::size_t>(got);
    }
    return false;
}

void follow_output_job::send(std::string_view piece) {
    if (line_clock_) {
        auto times = line_clock_->times_in(piece, output_.get());
        if (!times.empty()) {
            channel_.part(protocol::line_times{.times_ms = std::move(times)});
        }
    }
    channel_.data(piece);
    offset_ += static_cast<std::int64_t>(piece.size());
}

// The file is replaced before the output tells of what has changed in it.
void follow_output_job::tell_progress() {
    struct stat facts{};
    const auto path = run_.children_progress();
    if (::stat(path.c_str(), &facts) != 0 || (facts.st_mtim.tv_sec == progress_time_.tv_sec &&
                                              facts.st_mtim.tv_nsec == progress_time_.tv_nsec)) {
        return;
    }
    progress_time_ = facts.st_mtim;
    const auto progress =
        protocol::decode<protocol::children_progress>(read_small_file(path).value_or(""));
    if (progress) {
        channel_.part(*progress);
    }
}

void follow_output_job::tell_why_it_waits(const protocol::run_facts& facts) {
    const bool waits = facts.reason && (facts.reason->kind == protocol::slurm_queued_kind ||
                                        facts.reason->kind == protocol::slurm_unconfirmed_kind);
    std::string why = waits ? facts.reason->detail : "";
    if (why != why_it_waits_) {
        why_it_waits_ = std::move(why);
        channel_.part(protocol::run_waits{.why = why_it_waits_});
    }
}

void follow_output_job::reply() {
    run_ = present_place(run_);
    channel_.reply(protocol::follow_end{
        .offset = offset_, .run = read_run(run_, *context_.launcher, request_.attributes)});
}

} // namespace

std::unique_ptr<job> make_follow_output_job(const agent_context& context,
                                            protocol::follow_output request,
                                            reply_channel channel) {
    return std::make_unique<follow_output_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
