#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/commands/standing/needs_service.hpp"

#include <algorithm>

namespace outrider {
namespace {

// Beside the machine's listing nothing is known when a run ends.
result<> check_filter(const run_filter& filter) {
    if (!filter.expressions.empty() || !filter.comments.empty() || !filter.digest.empty()) {
        return failure(errc::bad_input, "notifications cannot be filtered by expressions (-F), "
                                        "comments (-Fc) or digests (-Fd)");
    }
    return {};
}

// The ids of the runs that are named; all of them have yet to end.
result<std::vector<std::string>> still_to_end(const std::vector<run_row>& named) {
    std::vector<std::string> ids;
    for (const auto& row : named) {
        if (is_final(row.state)) {
            return failure(errc::conflict, "run " + row.id + " has ended already (" +
                                               boost::describe::enum_to_string(row.state, "error") +
                                               ")");
        }
        ids.push_back(row.id);
    }
    return ids;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, notify_command what) {
    auto here = find_standing_jobs(session, "notifications are sent by a service");
    if (!here) {
        co_return here.error();
    }
    auto& jobs = **here;
    if (what.program.empty() == what.webhook.empty()) {
        co_return failure(errc::bad_input, "either a command or a webhook is needed");
    }
    if (auto good = check_filter(what.selection.filter); !good) {
        co_return good.error();
    }
    if (auto good = jobs.check(what); !good) {
        co_return good.error();
    }
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto all = co_await choose_runs(session, *at, {});
    if (!all) {
        co_return all.error();
    }
    standing_job job{.kind = job_kind::notify,
                     .context = session.context(),
                     .notify = what,
                     .named = !what.selection.runs.empty(),
                     .marks = marks_of(all->rows)};
    if (job.named) {
        auto chosen = co_await choose_runs(session, *at, {.selection = what.selection});
        if (!chosen) {
            co_return chosen.error();
        }
        auto ids = still_to_end(chosen->rows);
        if (!ids) {
            co_return ids.error();
        }
        job.runs = std::move(*ids);
    }
    auto added = co_await jobs.add(std::move(job));
    if (!added) {
        co_return added.error();
    }
    session.emit(job_added{std::move(*added)});
    co_return outcome{};
}

} // namespace outrider
