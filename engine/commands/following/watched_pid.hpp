#pragma once

#include "engine/core/result.hpp"

#include <cstdint>
#include <string>

namespace outrider {

/// What `watch --pid` names: a run, or the process of one.
struct watched_pid {
    std::string run_id;   ///< from RUN_DIR/.guild/JOB; otherwise empty
    std::int64_t pid = 0; ///< of an operation
};

/// Reads the argument of `watch --pid`: a pid, a pidfile, or RUN_DIR/.guild/JOB, whether or not
/// that file exists. A relative path is below `directory`. A pidfile is read only where `here` says
/// that it is this machine's; `unsupported` otherwise, `not_found` where there is none, `bad_input`
/// where it holds no pid.
[[nodiscard]] result<watched_pid> read_pid_argument(const std::string& argument,
                                                    const std::string& directory, bool here);

} // namespace outrider
