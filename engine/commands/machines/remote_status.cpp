#include "engine/commands/session/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, remote_status_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    // An agent that answers is the proof that runs can be started there.
    if (auto agent = co_await session.agent(*at); !agent) {
        co_return agent.error();
    }
    const auto& machine = at->over->hello().machine;
    const bool absolute = at->home.starts_with('/');
    session.emit(remote_available{.name = at->remote,
                                  .host = at->to.address,
                                  .host_name = machine.host_name,
                                  .system = machine.system + " " + machine.architecture,
                                  .home = absolute ? at->home : machine.home + "/" + at->home});
    co_return outcome{};
}

} // namespace outrider
