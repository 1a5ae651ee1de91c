#include "engine/commands/choose_runs.hpp"
#include "engine/commands/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, cat_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto run = co_await choose_one_run(session, *at, what.selection);
    if (!run) {
        co_return run.error();
    }
    auto agent = co_await session.agent(*at);
    if (!agent) {
        co_return agent.error();
    }
    protocol::read_file request;
    request.home = at->home;
    request.run_id = run->id;
    request.path = what.output ? ".guild/output" : what.path;
    exchange reading(**agent, request);
    for (;;) {
        auto incoming = co_await reading.next();
        if (!incoming) {
            co_return incoming.error();
        }
        if (incoming->kind == protocol::frame_kind::data) {
            session.emit(output_bytes{std::move(incoming->payload)});
        } else if (incoming->kind == protocol::frame_kind::reply) {
            co_return outcome{};
        }
    }
}

} // namespace outrider
