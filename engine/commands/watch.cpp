#include "engine/commands/choose_runs.hpp"
#include "engine/commands/following.hpp"
#include "engine/commands/perform.hpp"

#include <algorithm>

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
    auto all = co_await choose_runs(session, at, {});
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

} // namespace

awaitable<result<outcome>> perform(command_session& session, watch_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto run = co_await choose_watched(session, *at, what.selection);
    if (!run) {
        co_return run.error();
    }
    session.emit(watch_started{.remote = at->remote, .run_id = run->id});
    auto ended = co_await follow_run(session, *at, run->id);
    if (!ended) {
        co_return ended.error();
    }
    if (*ended) {
        session.emit(run_ended{.remote = at->remote, .run = std::move(**ended)});
    } else {
        session.emit(run_left_running{.remote = at->remote, .run_id = run->id, .detached = true});
    }
    co_return outcome{};
}

} // namespace outrider
