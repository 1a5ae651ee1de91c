#include "engine/commands/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& /*session*/, remote_stop_command /*what*/) {
    co_return failure(errc::unsupported, "this command is not there yet");
}

} // namespace outrider
