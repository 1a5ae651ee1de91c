#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/config/remote_names.hpp"

namespace outrider {

/// Starts a new run on the machine of a pool that suits it best, and says which one it is. Where no
/// slot is free it waits, staged, in the queue of the likeliest machine, unless the person does not
/// want that. What cannot be asked of all machines at once is refused.
[[nodiscard]] awaitable<result<outcome>> run_on_pool(command_session& session, remote_names pool,
                                                     run_command what);

} // namespace outrider
