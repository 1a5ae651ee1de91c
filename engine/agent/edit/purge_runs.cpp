#include "engine/agent/edit/run_removal.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"

namespace outrider::agent {
namespace {

/// Removes runs from the trash, one after the other, a slice at a time. One that is gone already is
/// not reported.
class purge_runs_job final : public job {
  public:
    purge_runs_job(const agent_context& context, protocol::purge_runs request,
                   reply_channel channel)
        : request_(std::move(request)), channel_(channel),
          trash_(resolve_home(request_.home, context.machine.home) / "trash") {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the deletion was cancelled after " +
                                                std::to_string(done_.deleted.size()) + " run(s)"});
            return std::nullopt;
        }
        if (auto removed = remove_next(); !removed) {
            channel_.fail(removed.error());
            return std::nullopt;
        }
        if (next_ == request_.ids.size() && !removal_) {
            channel_.reply(done_);
            return std::nullopt;
        }
        return time_slice::let_others_go_first();
    }
    void cancel() override { cancelled_ = true; }

  private:
    result<> remove_next() {
        if (removal_) {
            return go_on();
        }
        if (next_ == request_.ids.size()) {
            return {};
        }
        const auto run = run_in_home(trash_, request_.ids[next_++]);
        if (!run) {
            return run.error();
        }
        if (!is_run(*run)) {
            return {};
        }
        auto link = remove_run_link(*run);
        if (!link) {
            return link.error();
        }
        if (*link) {
            done_.links.push_back(std::move(**link));
            return {};
        }
        auto begun = begin_run_removal(*run);
        if (!begun) {
            return begun.error();
        }
        removal_.emplace(std::move(*begun));
        return {};
    }

    result<> go_on() {
        const auto gone = removal_->step(time_slice().end());
        if (!gone) {
            return gone.error();
        }
        if (*gone) {
            removal_.reset();
            done_.deleted.push_back(request_.ids[next_ - 1]);
        }
        return {};
    }

    protocol::purge_runs request_;
    reply_channel channel_;
    fs::path trash_; // laid out as a home: its runs stand in `runs`
    protocol::delete_reply done_;
    std::size_t next_ = 0;
    std::optional<tree_removal> removal_; // of the run before `next_`
    bool cancelled_ = false;
};

} // namespace

std::unique_ptr<job> make_purge_runs_job(const agent_context& context, protocol::purge_runs request,
                                         reply_channel channel) {
    return std::make_unique<purge_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
