#include "engine/commands/session/perform.hpp"
#include "engine/config/config.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, remotes_command) {
    const auto settings = session.settings();
    if (!settings) {
        co_return settings.error();
    }
    session.emit(remotes_listed{list_remotes(**settings)});
    co_return outcome{};
}

} // namespace outrider
