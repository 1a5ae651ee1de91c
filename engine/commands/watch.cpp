#include "engine/commands/choose_runs.hpp"
#include "engine/commands/following.hpp"
#include "engine/commands/perform.hpp"
#include "engine/commands/watched_pid.hpp"

#include <algorithm>
#include <chrono>

namespace outrider {
namespace {

// The output of a copy ends where the last pull did: what goes on is to be seen on its remote only.
failure runs_elsewhere(const run_row& copy) {
    return {errc::conflict, "run " + copy.id + " is running on " + copy.remote +
                                "\nTo watch use '{program} watch " + copy.id + " -r " +
                                copy.remote + "'"};
}

awaitable<result<run_row>> choose_watched(command_session& session, const target& at,
                                          run_selection selection) {
    if (!selection.runs.empty()) {
        auto named = co_await choose_one_run(session, at, std::move(selection));
        if (named && !named->remote.empty()) {
            co_return runs_elsewhere(*named);
        }
        co_return named;
    }
    auto all = co_await choose_runs(session, at, {.selection = std::move(selection)});
    if (!all) {
        co_return all.error();
    }
    const auto newest = std::find_if(all->rows.begin(), all->rows.end(), [](const run_row& row) {
        return row.state == run_state::running && row.remote.empty();
    });
    if (newest == all->rows.end()) {
        co_return failure(errc::not_found,
                          "nothing to watch\nYou can view the output of a specific "
                          "run using '{program} watch RUN'.");
    }
    co_return std::move(*newest);
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
        co_return failure(errc::not_found, "no run with pid " + std::to_string(asked->pid));
    }
    co_return std::move(*found);
}

result<follow_start> start_of(const watch_command& what) {
    follow_start start{.tail = what.tail, .since = {}};
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

} // namespace

awaitable<result<outcome>> perform(command_session& session, watch_command what) {
    const auto start = start_of(what);
    if (!start) {
        co_return start.error();
    }
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto run = what.pid.empty() ? co_await choose_watched(session, *at, what.selection)
                                : co_await choose_by_pid(session, *at, what.pid);
    if (!run) {
        co_return run.error();
    }
    session.emit(watch_started{
        .remote = at->remote, .run_id = run->id, .quiet = says_nothing(session.context())});
    auto ended = co_await follow_run(session, *at, run->id, *start);
    if (!ended) {
        co_return ended.error();
    }
    if (!*ended) {
        session.emit(run_left_running{.remote = at->remote, .run_id = run->id, .detached = true});
        co_return outcome{};
    }
    // What was staged or never started has none to write.
    if (!(*ended)->exit_status && (*ended)->state == run_state::error) {
        session.emit(note{.warning = true, .text = "exit status for " + run->id + " not written"});
    }
    session.emit(run_ended{.remote = at->remote, .run = std::move(**ended)});
    co_return outcome{};
}

} // namespace outrider
