#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/commands/starting/run_launch.hpp"

#include <optional>
#include <string>

namespace outrider {

/// How `run` goes on once the operation runs.
struct follow_up_options {
    bool leave = false;      ///< say where it runs, and end
    bool background = false; ///< the same in the words of `--background`
    std::string pidfile;     ///< that the background run was given, or empty
    std::optional<double> stop_after_minutes;
};

[[nodiscard]] follow_up_options follow_options(const run_command& what);

/// The last step of a start, as `run` takes it: leaves the run or follows it to its end. Ends with
/// the operation's exit status for a run on this machine.
[[nodiscard]] awaitable<result<outcome>> follow_up(command_session& session, const target& at,
                                                   started_run started, follow_up_options how);

} // namespace outrider
