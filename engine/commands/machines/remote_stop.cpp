#include "engine/commands/session/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, remote_stop_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    const remote& to = at->to;
    co_return failure(errc::unsupported, "remote " + to.name +
                                             " does not support this operation: stop is not "
                                             "supported for " +
                                             to.type +
                                             " remotes\nTo stop what runs there use '{program} "
                                             "stop -r " +
                                             to.name + "'");
}

} // namespace outrider
