#include "engine/commands/following/watched_runs.hpp"

#include <boost/system/system_error.hpp>

namespace outrider {

awaitable<result<outcome>> watched_runs::run(const std::vector<run_row>& runs,
                                             const follow_start& start,
                                             const watch_started& begins) {
    // An agent takes 256 requests at the same time, and other commands have some, too.
    constexpr std::size_t most = 200;
    if (runs.size() > most) {
        co_return failure(errc::bad_input, std::to_string(runs.size()) +
                                               " runs of one machine are more than can be watched "
                                               "at the same time (200)");
    }
    glimpse_ = start.glimpse;
    several_ = begins.several;
    session_.on_interrupt([this] { interrupt(); });
    for (const auto& each : runs) {
        auto told = begins;
        told.remote = at_.remote;
        told.run_id = each.id;
        told.operation = each.operation;
        session_.emit(told);
        auto& one = follows_.emplace_back(session_, link_, each.id, start);
        tasks_.spawn("watch " + each.id, [this, &one, &each] { return watch(one, each); });
    }
    co_await tasks_.join_or_cancel();
    co_return failed_ ? result<outcome>(*failed_) : outcome{};
}

awaitable<void> watched_runs::watch(run_follow& one, const run_row& run) {
    try {
        auto end = co_await one.run();
        if (end) {
            tell_end(run, std::move(*end));
            co_return;
        }
        // What the link failed of, it failed of for all: the command's end says it.
        if (several_ && end.error().kind() == errc::not_found) {
            session_.emit(note{.warning = true, .text = end.error().context});
        }
        failed_ = failed_.value_or(end.error());
    } catch (const boost::system::system_error& e) {
        failed_ =
            failure(e.code() == asio::error::operation_aborted ? errc::cancelled : errc::internal,
                    e.code() == asio::error::operation_aborted ? "interrupted" : e.what());
    }
}

void watched_runs::tell_end(const run_row& before, followed end) {
    const bool goes_on =
        end && glimpse_ && (end->state == run_state::running || end->state == run_state::pending);
    if (!end || goes_on) {
        session_.emit(run_left_running{.remote = at_.remote,
                                       .run_id = before.id,
                                       .detached = !end,
                                       .operation = before.operation,
                                       .glimpsed = goes_on});
        return;
    }
    // What was staged or never started has none to write.
    if (!end->exit_status && end->state == run_state::error) {
        session_.emit(
            note{.warning = true, .text = "exit status for " + before.id + " not written"});
    }
    session_.emit(run_ended{.remote = at_.remote, .run = std::move(*end)});
}

void watched_runs::interrupt() {
    link_.end();
    for (auto& one : follows_) {
        one.interrupt();
    }
}

} // namespace outrider
