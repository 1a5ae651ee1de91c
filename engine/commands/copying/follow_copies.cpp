#include "engine/commands/copying/follow_copies.hpp"

#include "engine/protocol/sync_messages.hpp"
#include "engine/reactor/either.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/retry_policy.hpp"
#include "engine/remotes/follow_rules.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;
using clock = copy_pace::clock;

/// Until a watch is ready: it looks at every directory of the runs, maybe over a network.
constexpr auto ready_limit = 300s;
/// Between two looks at the states: a run whose processes were all killed writes nothing more.
constexpr auto look_interval = 15s;

/// One follow of one remote, over as many connections as it takes.
class copies_follow {
  public:
    copies_follow(command_session& session, remote_copies& copies, std::chrono::seconds interval,
                  const bool& interrupted, const asio::any_io_executor& executor)
        : session_(session), copies_(copies), pace_(interval), interrupted_(interrupted),
          wake_(executor) {}

    awaitable<void> run() {
        for (;;) {
            auto done = co_await over_one_connection();
            if (done || done.error().kind() == errc::cancelled || interrupted_) {
                co_return; // all have ended, or a person has seen enough
            }
            if (judge_follow(done.error().kind(), was_connected_) == follow_verdict::give_up) {
                copies_.give_up(done.error());
                co_return;
            }
            say_lost(done.error());
            wake_.expires_after(retries_.next_pause());
            std::ignore = co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

  private:
    awaitable<result<>> over_one_connection() {
        auto at = co_await session_.find_target(copies_.remote());
        if (!at) {
            co_return at.error();
        }
        auto agent = co_await session_.agent(*at);
        if (!agent) {
            co_return agent.error();
        }
        say_back();
        const auto ids = copies_.ids();
        exchange watching(
            **agent, protocol::watch_run_files{.home = at->home, .ids = {ids.begin(), ids.end()}});
        ready_ = false;
        changed_.clear();
        co_return co_await either(take_changes(watching), keep_up());
    }

    // ---- what the agent tells

    // Beside everything else: a watch that nobody reads would hold up the other replies.
    awaitable<result<>> take_changes(exchange& watching) {
        auto take = [this](const message_part& part) { return take_part(part); };
        auto ended = co_await watching.finish<protocol::watch_end>(take);
        co_return ended
            ? failure(errc::protocol_violation, copies_.remote() + ": the watch of its runs ended")
            : ended.error();
    }

    result<> take_part(const message_part& part) {
        protocol::runs_changed changed;
        if (part.type == protocol::watch_ready::name) {
            ready_ = true;
            changed_ = copies_.ids(); // what was before is not known
        } else if (part.type == protocol::runs_changed::name &&
                   protocol::from_json(part.body, changed)) {
            // What is not ours any more, or never was, is of no interest.
            const auto ours = copies_.ids();
            std::ranges::copy_if(changed.ids, std::inserter(changed_, changed_.end()),
                                 [&](const auto& id) { return ours.contains(id); });
        } else {
            return failure(errc::protocol_violation, "unexpected part in a watch of runs");
        }
        wake_.cancel();
        return {};
    }

    // ---- what is done about it

    awaitable<result<>> keep_up() {
        const auto patience = clock::now() + ready_limit;
        while (!ready_) {
            if (clock::now() >= patience) {
                co_return failure(errc::timed_out,
                                  copies_.remote() + ": watching its runs took too long to begin");
            }
            co_await sleep_until(patience);
        }
        was_connected_ = true;
        auto copied = co_await copy_changed(true);
        while (copied && !copies_.empty() && !interrupted_) {
            retries_.succeeded();
            copied = co_await next_step();
        }
        co_return copied;
    }

    awaitable<result<>> next_step() {
        const auto now = clock::now();
        if (!changed_.empty() && now >= pace_.next()) {
            co_return co_await copy_changed(false);
        }
        if (now >= next_look_) {
            co_return co_await look();
        }
        co_await sleep_until(changed_.empty() ? next_look_ : std::min(pace_.next(), next_look_));
        co_return result<>();
    }

    awaitable<result<>> copy_changed(bool said) {
        const auto began = clock::now();
        auto copied = co_await copies_.update(std::exchange(changed_, {}), said);
        pace_.copied(began, clock::now());
        next_look_ = clock::now() + look_interval;
        changed_.merge(copies_.behind());
        co_return copied;
    }

    // The end of a run is copied at once, whatever the interval.
    awaitable<result<>> look() {
        auto ended = co_await copies_.ended();
        next_look_ = clock::now() + look_interval;
        if (!ended) {
            co_return ended.error();
        }
        if (ended->empty()) {
            co_return result<>();
        }
        changed_.merge(*ended);
        co_return co_await copy_changed(false);
    }

    // Or until something is told.
    awaitable<void> sleep_until(clock::time_point end) {
        wake_.expires_at(end);
        std::ignore = co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    }

    // ---- what is said

    void say_lost(const failure& why) {
        if (!lost_) {
            session_.emit(note{.warning = true, .text = why.context + "; trying again"});
        }
        lost_ = true;
    }
    void say_back() {
        if (lost_) {
            session_.emit(note{.text = "The link to " + copies_.remote() + " is back"});
        }
        lost_ = false;
    }

    command_session& session_;
    remote_copies& copies_;
    copy_pace pace_;
    const bool& interrupted_;
    asio::steady_timer wake_;
    retry_policy retries_;
    std::set<std::string> changed_; // to be copied
    clock::time_point next_look_;
    bool ready_ = false;         // in this connection
    bool was_connected_ = false; // ever
    bool lost_ = false;          // and said so
};

} // namespace

awaitable<void> follow_copies(command_session& session, remote_copies& copies,
                              std::chrono::seconds interval, const bool& interrupted) {
    copies_follow one(session, copies, interval, interrupted, co_await asio::this_coro::executor);
    co_await one.run();
}

} // namespace outrider
