#include "engine/commands/choose_runs.hpp"
#include "engine/commands/perform.hpp"

namespace outrider {
namespace {

// A missing file is named as Guild names it, by its absolute path alone; so is all that fails on
// this machine.
failure in_guilds_words(failure why, const target& at, const std::string& machine) {
    const std::string prefix = machine + ": ";
    const bool plain = at.remote.empty() || why.kind() == errc::not_found;
    if (plain && why.context.starts_with(prefix)) {
        why.context.erase(0, prefix.size());
    }
    return why;
}

} // namespace

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
            co_return in_guilds_words(incoming.error(), *at, (*agent)->name());
        }
        if (incoming->kind == protocol::frame_kind::data) {
            session.emit(output_bytes{std::move(incoming->payload)});
        } else if (incoming->kind == protocol::frame_kind::reply) {
            co_return outcome{};
        }
    }
}

} // namespace outrider
