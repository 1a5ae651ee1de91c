#include "engine/commands/choose_runs.hpp"
#include "engine/commands/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, cat_command what) {
    auto found = co_await find_one_run(session, what.remote, what.selection);
    if (!found) {
        co_return found.error();
    }
    protocol::read_file request;
    request.home = found->at.home;
    request.run_id = found->run.id;
    request.path = what.output ? ".guild/output" : what.path;
    exchange reading(*found->agent, request);
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
