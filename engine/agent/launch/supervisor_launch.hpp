#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/server/run_launcher.hpp"

#include <optional>

namespace outrider::agent {

/// Where a supervisor finds what it inherits.
inline constexpr int supervisor_report_fd = 3; ///< tells whoever launched it how the start went
inline constexpr int supervisor_lock_fd = 4;   ///< lock of the run, held until the start is over

/// What a supervisor reports once: no error, if the operation was executed.
struct start_report {
    std::optional<protocol::failure_message> error;
    std::string warning; ///< for `start_reply`
};
BOOST_DESCRIBE_STRUCT(start_report, (), (error, warning))

/// Starts a detached supervisor for a prepared run: this executable again, as `outrider-agent guild
/// run --run-dir DIR OP FLAG=VALUE…`, in a session of its own, with the operation's environment.
/// Returns the end of a pipe from which one `start_report` can be read, up to its end.
[[nodiscard]] result<descriptor> launch_supervisor(const run_paths& run,
                                                   const supervisor_words& words,
                                                   const environment_map& environment,
                                                   const descriptor& lock);

/// Whether this process was launched so.
[[nodiscard]] bool is_launched();

/// Tells the agent that launched this supervisor how the start went, and gives the lock back.
void report_start(const result<>& started, const std::string& warning);

} // namespace outrider::agent
