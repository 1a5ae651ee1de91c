#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_awaited = 1000;
/// Between two looks at all runs that are waited for: a few small files each.
constexpr auto status_interval = 200ms;

bool is_over(const run_paths& run, const agent_context& context) {
    if (!is_run(run)) {
        return true;
    }
    const auto facts = read_run(run, *context.launcher, {});
    return has_ended(facts) && !facts.staged;
}

/// Looks at the runs at intervals until the wait is over.
class wait_runs_job final : public job {
  public:
    wait_runs_job(const agent_context& context, protocol::wait_runs request, reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel) {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the wait was cancelled"});
            return std::nullopt;
        }
        if (runs_.empty()) {
            if (auto found = find_all(); !found) {
                channel_.fail(found.error());
                return std::nullopt;
            }
        }
        const auto began = clock::now();
        look();
        const auto ended = static_cast<std::size_t>(std::ranges::count(over_, true));
        if (ended == runs_.size() || (request_.any && ended > 0)) {
            reply();
            return std::nullopt;
        }
        // Many runs, or a slow disk, are looked at less often.
        const auto now = clock::now();
        return job_wait{.deadline =
                            now + std::max<clock::duration>(status_interval, 10 * (now - began))};
    }
    void cancel() override { cancelled_ = true; }

  private:
    result<> find_all() {
        if (request_.ids.size() > most_awaited) {
            return failure(errc::bad_input, "too many runs to wait for");
        }
        for (const auto& id : request_.ids) {
            auto run = find_run(context_, request_.home, id);
            if (!run) {
                return run.error();
            }
            runs_.push_back(std::move(*run));
        }
        over_.assign(runs_.size(), false);
        return {};
    }

    void look() {
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            over_[i] = over_[i] || is_over(runs_[i], context_);
        }
    }

    void reply() {
        protocol::wait_reply done;
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            if (over_[i]) {
                done.ended.push_back(request_.ids[i]);
            }
        }
        channel_.reply(done);
    }

    const agent_context& context_;
    protocol::wait_runs request_;
    reply_channel channel_;
    std::vector<run_paths> runs_;
    std::vector<bool> over_; // of the same runs
    bool cancelled_ = false;
};

} // namespace

std::unique_ptr<job> make_wait_runs_job(const agent_context& context, protocol::wait_runs request,
                                        reply_channel channel) {
    return std::make_unique<wait_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
