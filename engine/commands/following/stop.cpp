#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/following/stopping.hpp"
#include "engine/commands/session/perform.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;

// Beyond the timeout the agent itself may take: 5 s for the operation, 5 s after a SIGKILL, and
// time for the supervisor to write.
constexpr auto stop_margin = 30s;

std::string person(const command_context& context) {
    const auto user = context.environment.find("USER");
    return user == context.environment.end() ? std::string("outrider") : user->second;
}

} // namespace

awaitable<result<bool>> stop_one_run(command_session& session, const target& at, run_row run,
                                     stop_options options) {
    session.emit(
        stop_progress{.remote = at.remote, .run_id = run.id, .pid = run.pid, .job = run.job});
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    protocol::stop_run request;
    request.home = at.home;
    request.run_id = run.id;
    request.force = options.force;
    request.timeout_ms = options.timeout_seconds * 1000;
    request.no_wait = options.no_wait;
    request.stopped_by = person(session.context());
    auto stopped = co_await (*agent)->call(
        std::move(request), std::chrono::seconds(options.timeout_seconds) + stop_margin);
    if (!stopped) {
        co_return stopped.error();
    }
    session.emit(stop_progress{.remote = at.remote,
                               .run_id = run.id,
                               .not_running = !stopped->was_running,
                               .done = true,
                               .survivors = stopped->survivors,
                               .job = run.job});
    co_return stopped->survivors.empty();
}

awaitable<result<outcome>> perform(command_session& session, stop_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen = co_await choose_runs(session, *at, {.selection = what.selection});
    if (!chosen) {
        co_return chosen.error();
    }
    const bool named = !what.selection.runs.empty();
    std::vector<run_row> running;
    bool told = false; // of each named run that there is nothing to do here
    for (auto& row : chosen->rows) {
        // A local copy of a far run is stopped on its remote, never here. A job can be stopped
        // before it has begun.
        const bool waits = row.state == run_state::pending && !row.job.empty();
        if ((row.state == run_state::running || waits) && row.remote.empty()) {
            running.push_back(row);
        } else if (named && row.remote.empty()) {
            session.emit(
                stop_progress{.remote = at->remote, .run_id = row.id, .not_running = true});
            told = true;
        } else if (named) {
            session.emit(note{.text = fmt::format("Run {0} is running on {1}\nTo stop it use "
                                                  "'{{program}} stop {0} -r {1}'",
                                                  row.id, row.remote)});
        }
    }
    if (running.empty()) {
        if (!told) {
            session.emit(nothing_selected{nothing_to::stop});
        }
        co_return outcome{};
    }
    question asked;
    asked.kind = question_kind::stop;
    asked.remote = at->remote;
    asked.runs = running;
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    std::optional<failure> first_failure; // the others are stopped all the same
    bool all_went = true;
    for (const auto& row : running) {
        auto went = co_await stop_one_run(session, *at, row,
                                          {.force = what.force,
                                           .timeout_seconds = what.timeout_seconds,
                                           .no_wait = what.no_wait});
        if (went) {
            all_went = all_went && *went;
        } else if (!first_failure) {
            first_failure = went.error();
        }
    }
    if (first_failure) {
        co_return *first_failure;
    }
    // The survivors were named, so there is nothing more to say than the status.
    co_return all_went ? outcome{} : outcome{1};
}

} // namespace outrider
