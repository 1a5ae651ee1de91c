#include "engine/agent/files/file_system.hpp"
#include "engine/agent/listing/known_runs.hpp"
#include "engine/agent/listing/listed_runs.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"
#include "engine/agent/watch/record_watch.hpp"

#include <algorithm>
#include <deque>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// Directories that one request watches, two for a run; the kernel's memory for each is about
/// 1 KiB, and a user has not many. Of the runs beyond that changes are seen by looks.
constexpr std::size_t most_home_watches = 4096;
/// Between two looks at all runs where the kernel tells of most.
constexpr auto rare_look = 60s;
/// And where it does not: a file system that other machines write to.
constexpr auto frequent_look = 5s;
/// Runs in one part.
constexpr std::size_t most_told = 100;
constexpr std::int64_t shortest_beat_ms = 50;
constexpr std::int64_t longest_interval_ms = 60'000;

/// Tells the listing first, then collects what may have changed, reads that again, and tells what
/// is news. What may have changed comes from the kernel; from a look at the unfinished runs with
/// every beat, because a process that is killed writes nothing; and from a look at all of them now
/// and then.
class watch_listing_job final : public job {
  public:
    watch_listing_job(const agent_context& context, protocol::watch_listing request,
                      reply_channel channel)
        : request_(std::move(request)), channel_(channel),
          home_(resolve_home(request_.home, context.machine.home)), runs_(home_ / "runs"),
          watch_(runs_.native(), is_on_shared_file_system(runs_.native()) ? 0 : most_home_watches),
          listed_(context, home_, false), known_(context, runs_, reported(request_.attributes)),
          settle_(std::clamp<std::int64_t>(request_.settle_ms, 0, longest_interval_ms)),
          beat_(std::clamp(request_.beat_ms, shortest_beat_ms, longest_interval_ms)) {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the watch was cancelled"});
            return std::nullopt;
        }
        const time_slice slice;
        if (!told_all_) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            tell_listing(slice);
            return time_slice::let_others_go_first();
        }
        collect();
        while (!suspects_.empty() && !slice.used_up()) {
            look_at_next();
        }
        if (!suspects_.empty()) {
            return time_slice::let_others_go_first();
        }
        end_looks();
        if (channel_.congested()) {
            return time_slice::until_drained();
        }
        tell_news();
        return next_wait();
    }
    void on_part(std::string_view type, const protocol::json::value& body) override {
        protocol::look_again asked;
        if (type == protocol::look_again::name && protocol::from_json(body, asked)) {
            wanted_look_ = asked.number;
        }
    }
    void cancel() override { cancelled_ = true; }

  private:
    // As a listing reports them.
    static std::vector<std::string> reported(std::vector<std::string> attributes) {
        std::erase_if(attributes, [](const auto& name) { return !is_safe_name(name); });
        return attributes;
    }

    // ---- what there is

    void tell_listing(const time_slice& slice) {
        if (!std::exchange(begun_, true)) {
            listed_.begin({});
        }
        while (!sorted_) {
            if (slice.used_up()) {
                return;
            }
            sorted_ = !listed_.look_at_some();
        }
        const auto& found = listed_.runs();
        const auto newest = static_cast<std::size_t>(std::max<std::int64_t>(request_.newest, 0));
        const auto wanted = newest > 0 ? std::min(newest, found.size()) : found.size();
        protocol::listing_changed part;
        for (; next_ < found.size() && !slice.used_up() && part.runs.size() < most_told; ++next_) {
            const auto& id = found[next_].id;
            if (next_ >= wanted) {
                known_.add_untold(id);
                continue;
            }
            watch_.watch(id);
            // All of it once more: what changes from now on is told, and what did before is here.
            part.runs.push_back(listed_.facts({.id = id}, request_.attributes));
            known_.add_told(part.runs.back());
        }
        told_all_ = next_ == found.size();
        tell(std::move(part), !told_all_);
        if (told_all_) {
            listed_.end();
            next_look_ = clock::now(); // what came between the reading of names and the watch
        }
    }

    // ---- what may have changed

    void collect() {
        watch_.take();
        for (const auto& id : watch_.take_changed()) {
            suspect(id, true);
        }
        const auto now = clock::now();
        const bool asked = wanted_look_ > this_look_;
        const bool lost = watch_.take_lost() || asked;
        this_look_ = wanted_look_;
        if (lost || (!look_began_ && now >= next_look_)) {
            begin_look(lost);
        }
        if (asked || (!unfinished_began_ && now >= next_unfinished_)) {
            unfinished_began_ = now;
            for (auto& id : known_.unfinished()) {
                suspect(std::move(id), false);
            }
        }
    }

    void suspect(std::string id, bool told) {
        if (told) {
            glances_.erase(id);
            report_at_ = report_at_.value_or(clock::now() + settle_);
        }
        if (waiting_.insert(id).second) {
            suspects_.push_back(std::move(id));
        }
    }

    // `lost`: the kernel's word is not worth anything this time.
    void begin_look(bool lost) {
        watch_.begin();
        look_began_ = clock::now();
        std::error_code ignored; // no directory: no runs
        std::set<std::string> there;
        for (const auto& entry : fs::directory_iterator(runs_, ignored)) {
            auto name = entry.path().filename().native();
            if (!name.starts_with('.') && !waiting_.contains(name) &&
                (lost || !watch_.tells_of(name))) {
                glances_.insert(name);
                suspect(name, false);
            }
            there.insert(std::move(name));
        }
        for (auto& id : known_.missing(there)) {
            suspect(std::move(id), false);
        }
    }

    // A slow file system is looked at less often.
    void end_looks() {
        const auto now = clock::now();
        const auto after = [&](clock::time_point began, clock::duration pause) {
            return std::max(began + pause, now + 10 * (now - began));
        };
        if (look_began_) {
            const auto frequent = std::min<clock::duration>(frequent_look, 2 * beat_);
            looked_ = this_look_;
            next_look_ = after(*look_began_, watch_.tells() ? rare_look : frequent);
            look_began_.reset();
        }
        if (unfinished_began_) {
            next_unfinished_ = after(*unfinished_began_, beat_);
            unfinished_began_.reset();
        }
    }

    void look_at_next() {
        const std::string id = std::move(suspects_.front());
        suspects_.pop_front();
        waiting_.erase(id);
        if (glances_.erase(id) > 0 && !known_.differs(id)) {
            return;
        }
        watch_.watch(id);
        known_.look_at(id);
    }

    // ---- what is told

    void tell_news() {
        const auto now = clock::now();
        const bool asked = looked_ > told_look_;
        if (report_at_ && now < *report_at_ && !asked) {
            return;
        }
        report_at_.reset();
        if (!known_.has_news() && now < next_beat_ && !asked) {
            return;
        }
        protocol::listing_changed part;
        part.gone = known_.take_gone();
        for (const auto& id : part.gone) {
            watch_.forget(id);
        }
        part.runs = known_.take_changed(most_told);
        while (known_.has_news()) {
            tell(std::exchange(part, {}), true);
            part.runs = known_.take_changed(most_told);
        }
        tell(std::move(part), false);
    }

    void tell(protocol::listing_changed part, bool partial) {
        part.total = known_.total();
        part.home = home_.native();
        part.partial = partial;
        part.looked = told_look_ = looked_;
        channel_.part(part);
        next_beat_ = clock::now() + beat_;
    }

    job_wait next_wait() {
        job_wait wait;
        wait.input = true;
        wait.deadline = std::min({next_look_, next_unfinished_, next_beat_});
        if (report_at_) {
            wait.deadline = std::min(*wait.deadline, *report_at_);
        } else if (watch_.get() >= 0) {
            wait.readable_fd = watch_.get(); // not while a change settles: all of it comes at once
        }
        return wait;
    }

    protocol::watch_listing request_;
    reply_channel channel_;
    fs::path home_;
    fs::path runs_;
    record_watch watch_;
    listed_runs listed_; // the first listing
    known_runs known_;
    std::chrono::milliseconds settle_;
    std::chrono::milliseconds beat_;
    std::size_t next_ = 0; // of the first listing
    bool begun_ = false;
    bool sorted_ = false;
    bool told_all_ = false;
    std::deque<std::string> suspects_;            // to be read again
    std::set<std::string> waiting_;               // the same
    std::set<std::string> glances_;               // of those: whose marks decide first
    std::optional<clock::time_point> look_began_; // a look at all of them goes on
    std::optional<clock::time_point> unfinished_began_;
    std::int64_t wanted_look_ = 0; // that the client asked for
    std::int64_t this_look_ = 0;   // the look that goes on, or the last one, is for
    std::int64_t looked_ = 0;      // was done
    std::int64_t told_look_ = 0;   // and told
    clock::time_point next_look_;
    clock::time_point next_unfinished_;
    clock::time_point next_beat_;
    std::optional<clock::time_point> report_at_;
    bool cancelled_ = false;
};

} // namespace

std::unique_ptr<job> make_watch_listing_job(const agent_context& context,
                                            protocol::watch_listing request,
                                            reply_channel channel) {
    return std::make_unique<watch_listing_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
