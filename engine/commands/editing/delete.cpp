#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/editing/edit_rules.hpp"
#include "engine/commands/following/stopping.hpp"
#include "engine/commands/session/perform.hpp"

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto delete_limit = 10min; // large run directories on slow disks

// A copy of a far run has nothing to stop here.
bool runs_here(const run_row& row) {
    return row.state == run_state::running && row.remote.empty();
}

// Whoever deletes what is running is asked twice, as in Guild.
awaitable<result<>> confirm_deletion(command_session& session, question asked) {
    const bool any = std::ranges::any_of(asked.runs, runs_here);
    auto agreed = co_await session.confirm(asked);
    if (agreed && any) {
        asked.text = "WARNING: One or more runs are still running and will be stopped before being "
                     "deleted.";
        agreed = co_await session.confirm(std::move(asked));
    }
    co_return agreed;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, delete_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen = co_await choose_runs(session, *at, {.selection = what.selection});
    if (!chosen) {
        co_return chosen.error();
    }
    if (chosen->rows.empty()) {
        session.emit(nothing_selected{nothing_to::remove});
        co_return outcome{};
    }
    question asked;
    asked.kind = what.permanent ? question_kind::remove_permanently : question_kind::remove;
    asked.remote = at->remote;
    asked.runs = chosen->rows;
    if (auto agreed = co_await confirm_deletion(session, std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    protocol::delete_runs request;
    request.home = at->home;
    request.permanent = what.permanent;
    for (const auto& row : chosen->rows) {
        if (runs_here(row)) {
            const auto went = co_await stop_one_run(session, *at, row, {});
            if (!went) {
                co_return went.error();
            }
            if (!*went) {
                const std::string where = at->remote.empty() ? "" : " -r " + at->remote;
                co_return failure(errc::conflict,
                                  "run " + row.id + " has not stopped, and nothing is deleted\n" +
                                      "Try '{program} stop --force " + row.id + where + "' first.");
            }
        }
        request.ids.push_back(row.id);
    }
    auto agent = co_await session.agent(*at);
    if (!agent) {
        co_return agent.error();
    }
    auto deleted = co_await (*agent)->call(std::move(request), delete_limit);
    if (!deleted) {
        co_return deleted.error();
    }
    session.emit(deletion_of(*deleted, what.permanent));
    co_return outcome{};
}

} // namespace outrider
