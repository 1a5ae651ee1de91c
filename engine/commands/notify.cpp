#include "engine/commands/needs_service.hpp"
#include "engine/commands/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, notify_command) {
    auto here = find_service(session, "notifications are sent by a service");
    if (!here) {
        co_return here.error();
    }
    co_return outcome{};
}

} // namespace outrider
