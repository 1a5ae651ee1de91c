#include "engine/agent/files/file_system.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"
#include "engine/agent/watch/tree_fingerprint.hpp"
#include "engine/agent/watch/tree_watch.hpp"
#include "engine/runs/run_paths.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_watched = 20'000;
/// Directories that one request watches; the kernel's memory for each is about 1 KiB.
constexpr std::size_t most_directory_watches = 100'000;
/// Between two readings of the kernel's events once a change waits to be reported: a steady writer
/// does not wake us for each line. The kernel's queue is long enough for that.
constexpr auto drain_interval = 50ms;
/// Between two looks where the kernel does not tell.
constexpr auto rescan_interval = 5000ms;
/// After so long every run that ever changed is reported again, whatever was told: a file that is
/// written through a mapping changes without a word.
constexpr auto safety_interval = 60s;
/// Runs in one part.
constexpr std::size_t most_reported = 1000;
constexpr std::int64_t longest_settle_ms = 60'000;

/// Looks at the trees one after the other, again and again, with pauses.
class repeated_look {
  public:
    /// `late`: what went before is not known, so the first look reports everything.
    repeated_look(std::vector<std::string> directories, bool late)
        : directories_(std::move(directories)), prints_(directories_.size()), late_(late) {}

    /// Goes on with a look that is due until `end`; adds the indexes of what changed to `changed`.
    void step(clock::time_point end, std::vector<std::size_t>& changed) {
        if (!busy()) {
            return;
        }
        if (at_ == 0 && !current_) {
            began_ = clock::now();
        }
        while (at_ < directories_.size() && clock::now() < end) {
            if (!current_) {
                current_.emplace(directories_[at_]);
            }
            if (!current_->step(end)) {
                return;
            }
            take(changed);
        }
        if (at_ == directories_.size()) {
            at_ = 0;
            complete_ = true;
            // A slow file system is looked at less often.
            const auto now = clock::now();
            next_ = now + std::max<clock::duration>(rescan_interval, 5 * (now - began_));
        }
    }
    [[nodiscard]] bool busy() const { return at_ > 0 || current_ || clock::now() >= next_; }
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] clock::time_point next() const { return next_; }

  private:
    void take(std::vector<std::size_t>& changed) {
        if (complete_ ? prints_[at_] != current_->value() : late_) {
            changed.push_back(at_);
        }
        prints_[at_] = current_->value();
        current_.reset();
        ++at_;
    }

    std::vector<std::string> directories_;
    std::vector<std::uint64_t> prints_; // at the last look
    bool late_;
    std::size_t at_ = 0;
    std::optional<tree_fingerprint> current_;
    bool complete_ = false; // each was looked at once
    clock::time_point began_;
    clock::time_point next_;
};

/// Collects what changes and reports it when it has settled, until it is cancelled. By the kernel's
/// word; where it gives none, or cannot go on, by looks at intervals.
class watch_run_files_job final : public job {
  public:
    watch_run_files_job(const agent_context& context, protocol::watch_run_files request,
                        reply_channel channel)
        : channel_(channel), runs_(resolve_home(request.home, context.machine.home) / "runs"),
          ids_(std::move(request.ids)), waiting_(ids_.size(), false), ever_(ids_.size(), false),
          settle_(std::clamp<std::int64_t>(request.settle_ms, 0, longest_settle_ms)) {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the watch was cancelled"});
            return std::nullopt;
        }
        if (!watch_ && !look_) {
            if (auto begun = begin(); !begun) {
                channel_.fail(begun.error());
                return std::nullopt;
            }
        }
        collect(time_slice().end());
        if (!ready_ && complete()) {
            ready_ = true;
            next_safety_ = clock::now() + safety_interval;
            channel_.part(protocol::watch_ready{.polls = look_.has_value()});
        }
        if (ready_) {
            report();
        }
        return next_wait();
    }
    void cancel() override { cancelled_ = true; }

  private:
    result<> begin() {
        if (ids_.size() > most_watched) {
            return failure(errc::bad_input, "too many runs to watch");
        }
        for (const auto& id : ids_) {
            if (!is_safe_name(id)) {
                return failure(errc::bad_input, "'" + id + "' is not the id of a run");
            }
        }
        if (is_on_shared_file_system(runs_.native())) {
            begin_to_look();
        } else {
            watch_.emplace(runs_.native(), ids_, most_directory_watches);
        }
        return {};
    }

    void begin_to_look() {
        std::vector<std::string> directories;
        for (const auto& id : ids_) {
            directories.push_back((runs_ / id).native());
        }
        look_.emplace(std::move(directories), ready_);
    }

    [[nodiscard]] bool busy() const { return watch_ ? watch_->busy() : look_->busy(); }
    [[nodiscard]] bool complete() const { return watch_ ? !watch_->busy() : look_->complete(); }

    void collect(clock::time_point end) {
        std::vector<std::size_t> changed;
        if (watch_ && !watch_->step(end)) {
            watch_.reset();
            begin_to_look();
        }
        if (watch_) {
            changed = watch_->take_changed();
        } else {
            look_->step(end, changed);
        }
        for (const std::size_t each : changed) {
            ever_[each] = true;
            wait_to_report(each);
        }
        if (ready_ && clock::now() >= next_safety_) {
            next_safety_ = clock::now() + safety_interval;
            for (std::size_t i = 0; i < ids_.size(); ++i) {
                if (ever_[i]) {
                    wait_to_report(i);
                }
            }
        }
    }

    void wait_to_report(std::size_t index) {
        waiting_[index] = true;
        // From the first change on: who writes without a pause is reported all the same.
        if (!report_at_) {
            report_at_ = clock::now() + settle_;
        }
    }

    void report() {
        if (!report_at_ || clock::now() < *report_at_ || channel_.congested()) {
            return;
        }
        report_at_.reset();
        protocol::runs_changed part;
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            if (waiting_[i]) {
                part.ids.push_back(ids_[i]);
                waiting_[i] = false;
            }
            if (part.ids.size() == most_reported) {
                channel_.part(part);
                part.ids.clear();
            }
        }
        if (!part.ids.empty()) {
            channel_.part(part);
        }
    }

    job_wait next_wait() {
        const auto now = clock::now();
        if (busy()) {
            return time_slice::let_others_go_first();
        }
        job_wait wait;
        wait.deadline = look_ ? std::min(look_->next(), next_safety_) : next_safety_;
        if (report_at_ && now >= *report_at_) {
            wait.drained = true; // it would have been sent
        } else if (report_at_) {
            wait.deadline = std::min({*wait.deadline, *report_at_, now + drain_interval});
            return wait;
        }
        if (watch_) {
            wait.readable_fd = watch_->get();
        }
        return wait;
    }

    reply_channel channel_;
    fs::path runs_;
    std::vector<std::string> ids_;
    std::vector<bool> waiting_; // of the same runs: to be reported
    std::vector<bool> ever_;    // of the same runs: they changed at least once
    std::chrono::milliseconds settle_;
    std::optional<tree_watch> watch_;
    std::optional<repeated_look> look_; // instead of it
    std::optional<clock::time_point> report_at_;
    clock::time_point next_safety_ = clock::time_point::max();
    bool ready_ = false;
    bool cancelled_ = false;
};

} // namespace

std::unique_ptr<job> make_watch_run_files_job(const agent_context& context,
                                              protocol::watch_run_files request,
                                              reply_channel channel) {
    return std::make_unique<watch_run_files_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
