#pragma once

#include "engine/commands/session/perform.hpp"

#include <string>

namespace outrider {

/// What the run of a batch over a pool does, as the operation of that run: places its trials, from
/// the plan in `directory`, and ends when they have. Killed and started again it goes on. An
/// interrupt ends the trials, and then the process by the signal that a stopped operation ends by.
[[nodiscard]] awaitable<result<outcome>> drive_sweep(command_session& session,
                                                     std::string directory);

} // namespace outrider
