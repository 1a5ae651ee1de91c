#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/commands/session/session.hpp"

#include <string>

namespace outrider {

/// A run that a command has started.
struct started_run {
    std::string id;
    std::string directory; ///< absolute, there
    std::string run_dir;   ///< with --run-dir, else empty
    std::string operation;
    bool deleted_on_success = false;
};

/// What `run` does once the operation runs: leaves it or follows it to its end, as the command
/// says. Ends with the operation's exit status for a run on this machine.
[[nodiscard]] awaitable<result<outcome>> follow_up(command_session& session, const target& at,
                                                   const run_command& what, started_run started);

} // namespace outrider
