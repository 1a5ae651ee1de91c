#include "engine/commands/choose_runs.hpp"
#include "engine/commands/copying.hpp"
#include "engine/commands/lost_run.hpp"
#include "engine/commands/perform.hpp"
#include "engine/reactor/retry_policy.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <map>

namespace outrider {
namespace {

/// Brings the local copies of runs that are running elsewhere up to date. What fails for one
/// remote is said, and the runs of the others go on.
class sync_job {
  public:
    sync_job(command_session& session, target here, sync_command what)
        : session_(session), here_(std::move(here)), what_(std::move(what)) {}

    /// One round; gives how many runs are still running elsewhere as far as is known.
    awaitable<result<std::size_t>> round() {
        auto copies = co_await running_copies();
        if (!copies) {
            co_return copies.error();
        }
        failed_.clear();
        not_synced_ = 0;
        std::size_t still_running = 0;
        for (const auto& copy : *copies) {
            const auto state = co_await sync_run(copy);
            not_synced_ += state ? 0 : 1;
            // What could not be asked may be running; what has no remote any more cannot be asked.
            const bool may_run =
                state ? *state == run_state::running : state.error().kind() != errc::not_found;
            still_running += may_run ? 1 : 0;
        }
        std::erase_if(said_, [this](const auto& each) { return !failed_.contains(each.first); });
        co_return still_running;
    }

    /// The failure that the command ends with, if the last round left something out.
    [[nodiscard]] result<outcome> end() const {
        if (not_synced_ > 0) {
            return failure(errc::connect_failed,
                           std::to_string(not_synced_) + " run(s) could not be synchronized");
        }
        return outcome{};
    }

  private:
    // Indexes are those of the list at the start: later rounds go by the ids.
    awaitable<result<std::vector<run_row>>> running_copies() {
        const bool named = !what_.selection.runs.empty();
        auto chosen = co_await choose_runs(session_, here_, {.selection = what_.selection});
        if (!chosen) {
            co_return chosen.error();
        }
        if (named) {
            what_.selection = {};
            std::ranges::transform(chosen->rows, std::back_inserter(what_.selection.runs),
                                   &run_row::id);
        }
        std::erase_if(chosen->rows, [](const run_row& row) {
            return row.state != run_state::running || row.remote.empty();
        });
        co_return std::move(chosen->rows);
    }

    // The state that the local copy has afterwards.
    awaitable<result<run_state>> sync_run(run_row copy) {
        const std::string remote = copy.remote;
        // A remote that did not answer in this round is not asked again for each of its runs.
        if (const auto known = failed_.find(remote); known != failed_.end()) {
            co_return known->second;
        }
        auto at = co_await session_.find_target(remote);
        if (!at) {
            co_return failed(remote, at.error());
        }
        session_.emit(run_resolving{.remote = remote, .run_id = copy.id});
        auto there = co_await look_up_run(session_, *at, copy.id);
        if (!there && there.error().kind() == errc::not_found) {
            co_return co_await sync_lost_run(session_, here_, *at, std::move(copy));
        }
        if (!there) {
            co_return failed(remote, there.error());
        }
        const auto state = there->state;
        copy_route by{.from = *at, .to = here_, .lock_name = remote};
        if (auto copied = co_await copy_runs(session_, std::move(by), {std::move(*there)});
            !copied) {
            co_return retry_policy::worth_a_retry(copied.error().kind())
                ? failed(remote, copied.error())
                : left_out(copy.id, copied.error());
        }
        co_return state;
    }

    failure left_out(const std::string& run_id, const failure& why) {
        session_.emit(note{.warning = true,
                           .text = "run " + run_id + " is not synchronized: " + why.context});
        return why;
    }

    // Said once, until it was different.
    failure failed(const std::string& remote, const failure& why) {
        failed_.emplace(remote, why);
        if (said_[remote] != why.context) {
            said_[remote] = why.context;
            session_.emit(note{.warning = true,
                               .text = "cannot synchronize with " + remote + ": " + why.context});
        }
        return why;
    }

    command_session& session_;
    target here_;
    sync_command what_;
    std::map<std::string, failure> failed_;   // in this round, by remote
    std::map<std::string, std::string> said_; // of failures, by remote
    std::size_t not_synced_ = 0;              // in the last round
};

} // namespace

awaitable<result<outcome>> perform(command_session& session, sync_command what) {
    auto here = co_await session.find_target({});
    if (!here) {
        co_return here.error();
    }
    const std::chrono::seconds interval(what.interval_seconds > 0 ? what.interval_seconds : 60);
    const bool repeat = what.follow;
    sync_job job(session, std::move(*here), std::move(what));
    asio::steady_timer pause(co_await asio::this_coro::executor);
    bool interrupted = false;
    for (;;) {
        auto left = co_await job.round();
        if (!left) {
            co_return left.error();
        }
        if (!repeat || *left == 0) {
            co_return job.end();
        }
        // An interrupt between two rounds is how a person ends it; within one it cancels.
        session.on_interrupt([&] {
            interrupted = true;
            pause.cancel();
        });
        pause.expires_after(interval);
        boost::system::error_code ignored; // woken by either
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        session.on_interrupt({});
        if (interrupted) {
            co_return outcome{};
        }
    }
}

} // namespace outrider
