#include "engine/commands/copying/lost_run.hpp"

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/copying/copying.hpp"

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto marker_write_limit = 30s;

// The trash of a home has the layout of a home.
target trash_of(target far) {
    far.home += "/trash";
    return far;
}

awaitable<result<>> abandon(command_session& session, const target& here, const std::string& run_id,
                            const std::string& why) {
    auto agent = co_await session.agent(here);
    if (!agent) {
        co_return agent.error();
    }
    const protocol::abandon_copy request{
        .home = here.home, .run_id = run_id, .reason = {.kind = "deleted", .detail = why}};
    auto done = co_await (*agent)->call(request, marker_write_limit);
    co_return done ? result<>() : result<>(done.error());
}

} // namespace

awaitable<result<run_state>> sync_lost_run(command_session& session, const target& here, target far,
                                           run_row copy) {
    auto deleted = co_await look_up_run(session, trash_of(far), copy.id);
    if (deleted) {
        session.emit(note{.warning = true,
                          .text = "run " + copy.id + " was deleted on " + far.remote +
                                  "; its last state is copied from the trash there"});
        const auto state = deleted->state;
        copy_route by{.from = trash_of(far), .to = here, .lock_name = far.remote};
        auto copied = co_await copy_runs(session, std::move(by), {std::move(*deleted)});
        co_return copied ? result<run_state>(state) : result<run_state>(copied.error());
    }
    if (deleted.error().kind() != errc::not_found) {
        co_return deleted.error();
    }
    auto others = co_await choose_runs(session, far, {.newest = 1});
    if (!others) {
        co_return others.error();
    }
    if (others->total == 0) {
        session.emit(note{.warning = true,
                          .text = "run " + copy.id + " is not on " + far.remote +
                                  ", where no runs are at all: its copy here stays as it is"});
        co_return failure(errc::not_found, "run " + copy.id + " is not on " + far.remote);
    }
    const std::string why = "deleted on " + far.remote + " before its end was copied";
    session.emit(note{.warning = true,
                      .text = "run " + copy.id + " was " + why + ": how it ended is not known"});
    auto abandoned = co_await abandon(session, here, copy.id, why);
    co_return abandoned ? result<run_state>(run_state::error)
                        : result<run_state>(abandoned.error());
}

} // namespace outrider
