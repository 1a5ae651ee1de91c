#pragma once

#include "engine/commands/session/perform.hpp"

namespace outrider {

/// Performs a command where it says: on this machine, on one remote, or on each of several.
[[nodiscard]] awaitable<result<outcome>> perform_anywhere(command_session& session, command what);

} // namespace outrider
