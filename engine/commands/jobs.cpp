#include "engine/commands/needs_service.hpp"
#include "engine/commands/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, jobs_command) {
    auto here = find_service(session, "standing jobs are done by a service");
    if (!here) {
        co_return here.error();
    }
    co_return outcome{};
}

} // namespace outrider
