#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/protocol/wait_messages.hpp"
#include "engine/reactor/retry_policy.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <optional>

namespace outrider {
namespace {

using namespace std::chrono_literals;

/// What `wait` ends with when its time is up, as timeout(1) does.
constexpr std::int64_t timeout_exit_code = 124;
/// Half a lifetime; beyond it a timer would overflow.
constexpr double longest_seconds = 1e9;

failure wait_elsewhere(const run_row& copy) {
    return {errc::conflict, "run " + copy.id + " is running on " + copy.remote +
                                "\nTo wait for it use '{program} wait " + copy.id + " -r " +
                                copy.remote + "'"};
}

/// One wait for some runs, over as many connections as it takes.
class run_wait {
  public:
    run_wait(command_session& session, const target& at, asio::any_io_executor executor)
        : session_(session), at_(at), pause_(executor) {}

    awaitable<result<std::vector<std::string>>> run(protocol::wait_runs request) {
        for (;;) {
            auto ended = co_await over_one_connection(request);
            if (ended || !retry_policy::worth_a_retry(ended.error().kind())) {
                co_return ended;
            }
            if (!said_lost_) {
                session_.emit(
                    note{.warning = true, .text = ended.error().context + "; trying again"});
                said_lost_ = true;
            }
            pause_.expires_after(retries_.next_pause());
            co_await pause_.async_wait(asio::use_awaitable);
        }
    }

  private:
    awaitable<result<std::vector<std::string>>>
    over_one_connection(const protocol::wait_runs& request) {
        auto agent = co_await session_.agent(at_);
        if (!agent) {
            co_return agent.error();
        }
        if (said_lost_) {
            session_.emit(note{.text = "The link to " + at_.remote + " is back"});
            said_lost_ = false;
        }
        exchange waiting(**agent, request);
        spdlog::debug("{}: waiting for {} run(s)", (*agent)->name(), request.ids.size());
        auto done = co_await waiting.finish<protocol::wait_reply>();
        if (!done) {
            co_return done.error();
        }
        co_return std::move(done->ended);
    }

    command_session& session_;
    const target& at_;
    asio::steady_timer pause_;
    retry_policy retries_;
    bool said_lost_ = false;
};

// The first one in the order of the list that did not succeed decides.
std::int64_t exit_code_of(const std::vector<run_row>& ended) {
    for (const auto& row : ended) {
        const auto status = row.exit_status.value_or(row.state == run_state::completed ? 0 : 1);
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

// Which of the runs have ended, as they are now.
awaitable<result<runs_waited>> look_at(command_session& session, const target& at,
                                       const std::vector<run_row>& waited, bool timed_out) {
    runs_waited told{.remote = at.remote, .ended = {}, .left = {}, .timed_out = timed_out};
    auto all = co_await choose_runs(session, at, {});
    if (!all) {
        co_return all.error();
    }
    for (const auto& row : waited) {
        const auto now = std::ranges::find(all->rows, row.id, &run_row::id);
        if (now == all->rows.end()) {
            co_return failure(errc::not_found, "run " + row.id + " was deleted meanwhile");
        }
        const bool over = now->state != run_state::running && now->state != run_state::pending &&
                          now->state != run_state::staged;
        (over ? told.ended : told.left).push_back(std::move(*now));
    }
    co_return told;
}

awaitable<result<std::vector<run_row>>> choose_waited(command_session& session, const target& at,
                                                      const run_selection& selection) {
    auto chosen = co_await choose_runs(session, at, {.selection = selection});
    if (!chosen) {
        co_return chosen.error();
    }
    if (selection.runs.empty()) {
        std::erase_if(chosen->rows, [](const run_row& row) {
            return row.state != run_state::running || !row.remote.empty();
        });
    }
    for (const auto& row : chosen->rows) {
        if (!row.remote.empty()) {
            co_return wait_elsewhere(row);
        }
    }
    co_return std::move(chosen->rows);
}

std::chrono::milliseconds limit_of(const wait_command& what) {
    const double seconds =
        std::clamp(what.timeout_seconds.value_or(longest_seconds), 0.0, longest_seconds);
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, wait_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto waited = co_await choose_waited(session, *at, what.selection);
    if (!waited) {
        co_return waited.error();
    }
    if (waited->empty()) {
        session.emit(nothing_selected{nothing_to::wait});
        co_return outcome{};
    }
    protocol::wait_runs request{.home = at->home, .ids = {}, .any = what.any};
    for (const auto& row : *waited) {
        request.ids.push_back(row.id);
    }
    // Whatever happens to the link: the time is up when it is up.
    run_wait waiting(session, *at, co_await asio::this_coro::executor);
    auto ended =
        co_await with_deadline(waiting.run(std::move(request)), limit_of(what), "the time is up");
    const bool timed_out = !ended && ended.error().kind() == errc::timed_out;
    if (!ended && !timed_out) {
        co_return ended.error();
    }
    auto told = co_await look_at(session, *at, *waited, timed_out);
    if (!told) {
        co_return told.error();
    }
    // It may have ended in the very moment in which the time was up.
    told->timed_out = timed_out && (what.any ? told->ended.empty() : !told->left.empty());
    const auto code = told->timed_out ? timeout_exit_code : exit_code_of(told->ended);
    session.emit(std::move(*told));
    co_return outcome{code};
}

} // namespace outrider
