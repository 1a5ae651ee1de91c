#include "engine/commands/starting/run_follow_up.hpp"

#include "engine/commands/following/following.hpp"

#include <chrono>
#include <string>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto stop_limit = 120s; // beyond what the agent allows processes to take

std::string minutes_text(double minutes) {
    std::string out = std::to_string(minutes);
    out.erase(out.find_last_not_of('0') + 1);
    return out.ends_with('.') ? out.substr(0, out.size() - 1) : out;
}

// A remote run goes on without us. A local one is the person's own foreground process, and an
// interrupt means the operation.
awaitable<result<outcome>> end_interrupted(command_session& session, const target& at,
                                           const started_run& started) {
    if (!at.remote.empty()) {
        session.emit(run_left_running{.remote = at.remote, .run_id = started.id, .detached = true});
        co_return outcome{};
    }
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    protocol::stop_run request;
    request.home = at.home;
    request.run_id = started.id;
    request.run_dir = started.run_dir;
    request.stopped_by = "interrupt";
    auto stopped = co_await (*agent)->call(std::move(request), stop_limit);
    if (!stopped) {
        co_return stopped.error();
    }
    co_return outcome{-2}; // SIGINT, as a shell sees an interrupted command
}

} // namespace

follow_up_options follow_options(const run_command& what) {
    return {.leave = what.no_wait,
            .background = what.background,
            .pidfile = what.pidfile,
            .stop_after_minutes = what.stop_after_minutes};
}

awaitable<result<outcome>> follow_up(command_session& session, const target& at,
                                     started_run started, follow_up_options how) {
    const bool local = at.remote.empty();
    if (how.leave || how.background) {
        run_left_running left{
            .remote = at.remote, .run_id = started.id, .pending = started.pending};
        if (how.background) {
            left.operation = started.operation;
            left.pidfile = how.pidfile.empty() ? started.directory + "/.guild/JOB" : how.pidfile;
        }
        session.emit(left);
        co_return outcome{};
    }
    session.emit(watch_started{.remote = at.remote, .run_id = started.id, .quiet = true});
    auto ended = co_await follow_run(session, at, started.id, {.run_dir = started.run_dir});
    if (!ended) {
        if (!started.deleted_on_success || ended.error().kind() != errc::not_found) {
            co_return ended.error();
        }
        // It was over, and deleted, before it could be followed: only success deletes it.
        ended = std::optional(run_row{.id = started.id, .operation = started.operation});
    }
    if (!*ended) {
        co_return co_await end_interrupted(session, at, started);
    }
    auto& run = **ended;
    if (started.deleted_on_success && !run.exit_status && run.reason.empty()) {
        run.exit_status = 0; // nothing else removes the run
        run.state = run_state::completed;
    }
    const auto exit_status = run.exit_status;
    if (local && !exit_status) {
        // Nothing else tells why the command fails.
        session.emit(note{.warning = true,
                          .text = "run " + started.id + " ended without an exit status" +
                                  (run.reason.empty() ? "" : ": " + run.reason)});
    }
    const bool in_time = run.reason.find("stop-after") == std::string::npos;
    session.emit(run_ended{.remote = at.remote, .run = std::move(run), .quiet = local});
    if (!in_time && how.stop_after_minutes) {
        session.emit(note{.text = "Stopping process early (pid " + std::to_string(started.pid) +
                                  ") - " + minutes_text(*how.stop_after_minutes) +
                                  " minute(s) elapsed"});
    }
    if (local && started.deleted_on_success && exit_status == 0) {
        session.emit(note{.text = "Deleting interim run " + started.id + " ('" + started.operation +
                                  "' is configured for deletion on success)"});
    }
    // As Guild does: the operation's failure is the local command's, not the remote one's.
    co_return local ? outcome{exit_status.value_or(1)} : outcome{};
}

} // namespace outrider
