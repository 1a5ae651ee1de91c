#include "engine/commands/following/watch.hpp"

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/following/following.hpp"
#include "engine/commands/following/watched_pid.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/commands/several/perform_on_each.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/runs/run_status.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <list>
#include <vector>

namespace outrider {
namespace {

/// Runs of one machine that are watched at the same time over one link. Each is told of when it
/// begins and how it ended; the watch of one that fails is no end of the others'. An interrupt ends
/// all. Owned by its command.
class watched_runs {
  public:
    watched_runs(command_session& session, const target& at, const asio::any_io_executor& executor)
        : session_(session), at_(at), link_(session, at, executor), tasks_(executor) {}
    watched_runs(const watched_runs&) = delete;
    watched_runs& operator=(const watched_runs&) = delete;
    ~watched_runs() { session_.on_interrupt({}); }

    /// `begins` says how the watch of a run is told of. Gives the first failure.
    [[nodiscard]] awaitable<result<outcome>>
    run(const std::vector<run_row>& runs, const follow_start& start, const watch_started& begins);

  private:
    awaitable<void> watch(run_follow& one, const run_row& run);
    void tell_end(const run_row& before, followed end);
    void interrupt();

    command_session& session_;
    const target& at_;
    lasting_link link_;
    std::list<run_follow> follows_; // the tasks hold references
    std::optional<failure> failed_;
    bool glimpse_ = false;
    bool several_ = false;
    task_group tasks_;
};

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

// The output of a copy ends where the last pull did: what goes on is to be seen on its remote only.
failure watch_elsewhere(const run_row& copy) {
    return {errc::conflict, "run " + copy.id + " is running on " + copy.remote +
                                "\nTo watch use '{program} watch " + copy.id + " -r " +
                                copy.remote + "'"};
}

failure nothing_to_watch() {
    return {errc::not_found, "nothing to watch\nYou can view the output of a specific "
                             "run using '{program} watch RUN'."};
}

using rows = std::vector<run_row>;

awaitable<result<rows>> choose_named(command_session& session, const target& at,
                                     run_selection selection) {
    auto named = co_await choose_runs(session, at, {.selection = std::move(selection)});
    if (!named) {
        co_return named.error();
    }
    for (const auto& each : named->rows) {
        if (!each.remote.empty()) {
            co_return watch_elsewhere(each);
        }
    }
    co_return std::move(named->rows);
}

// The newest that runs, or all that do.
awaitable<result<rows>> choose_running(command_session& session, const target& at,
                                       run_selection selection, bool all) {
    auto found = co_await choose_runs(session, at, {.selection = std::move(selection)});
    if (!found) {
        co_return found.error();
    }
    auto running = std::move(found->rows);
    std::erase_if(running, [](const run_row& row) {
        const bool waits = row.state == run_state::pending && !row.job.empty();
        return (row.state != run_state::running && !waits) || !row.remote.empty();
    });
    // One that runs comes before a job that has not begun.
    const auto runs = [](const run_row& row) { return row.state == run_state::running; };
    if (!all && std::ranges::any_of(running, runs)) {
        std::erase_if(running, [&](const run_row& row) { return !runs(row); });
    }
    if (!all && running.size() > 1) {
        running.resize(1);
    }
    co_return running;
}

awaitable<result<run_row>> choose_by_pid(command_session& session, const target& at,
                                         const std::string& pid) {
    auto asked = read_pid_argument(pid, session.context().directory, at.remote.empty());
    if (!asked) {
        co_return asked.error();
    }
    if (!asked->run_id.empty()) {
        co_return co_await look_up_run(session, at, asked->run_id);
    }
    auto all = co_await choose_runs(session, at, {});
    if (!all) {
        co_return all.error();
    }
    const auto found = std::ranges::find_if(
        all->rows, [&](const run_row& row) { return row.remote.empty() && row.pid == asked->pid; });
    if (found == all->rows.end()) {
        co_return failure(errc::not_found, "cannot find run for pid " + std::to_string(asked->pid));
    }
    co_return std::move(*found);
}

awaitable<result<rows>> choose_watched(command_session& session, const target& at,
                                       const watch_command& what) {
    if (!what.pid.empty()) {
        auto one = co_await choose_by_pid(session, at, what.pid);
        if (!one) {
            co_return one.error();
        }
        co_return rows{std::move(*one)};
    }
    if (!what.selection.runs.empty()) {
        co_return co_await choose_named(session, at, what.selection);
    }
    co_return co_await choose_running(session, at, what.selection, what.all);
}

result<follow_start> start_of(const watch_command& what) {
    follow_start start{.tail = what.tail, .glimpse = what.no_follow, .line_times = what.timestamps};
    if (!what.since.empty()) {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        auto since = parse_since(
            what.since, std::chrono::duration_cast<std::chrono::microseconds>(now).count());
        if (!since) {
            return since.error();
        }
        start.since = *since;
    }
    return start;
}

bool says_nothing(const command_context& context) {
    const auto found = context.environment.find("NO_WATCHING_MSG");
    return found != context.environment.end() && found->second == "1";
}

// What is watched on one machine, as one of several machines or alone.
awaitable<result<std::size_t>> watch_at(command_session& session, watch_command what,
                                        bool one_of_several) {
    const auto start = start_of(what);
    if (!start) {
        co_return start.error();
    }
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    const auto runs = co_await choose_watched(session, *at, what);
    if (!runs) {
        co_return runs.error();
    }
    for (const auto& run : *runs) {
        // Otherwise a person waits for output that does not come.
        if (run.state == run_state::running && run.reason.starts_with(suspended_kind)) {
            session.emit(note{.warning = true, .text = "run " + run.id + " is " + run.reason});
        }
    }
    watched_runs watches(session, *at, co_await asio::this_coro::executor);
    auto ended = co_await watches.run(
        *runs, *start,
        {.quiet = says_nothing(session.context()), .several = one_of_several || runs->size() > 1});
    if (!ended) {
        co_return ended.error();
    }
    co_return runs->size();
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, watch_command what) {
    const auto watched = co_await watch_at(session, std::move(what), false);
    if (!watched) {
        co_return watched.error();
    }
    co_return *watched > 0 ? result<outcome>(outcome{}) : nothing_to_watch();
}

awaitable<result<outcome>> watch_on_each(command_session& session, std::vector<std::string> remotes,
                                         watch_command what) {
    if (!what.pid.empty()) {
        co_return failure(errc::bad_input,
                          "a pid belongs to one machine, and '" + what.remote + "' names several");
    }
    std::size_t watched = 0;
    what.all = true;
    auto each = [&watched](command_session& own, watch_command one) -> awaitable<result<outcome>> {
        const auto some = co_await watch_at(own, std::move(one), true);
        if (!some) {
            co_return some.error();
        }
        watched += *some;
        co_return outcome{};
    };
    auto ended = co_await perform_on_each(session, std::move(remotes), std::move(what), each);
    if (ended && watched == 0) {
        co_return nothing_to_watch();
    }
    co_return ended;
}

} // namespace outrider
