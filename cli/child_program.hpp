#pragma once

#include "engine/core/result.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

namespace outrider::cli {

/// How a program is started: its words as they are, no shell between.
struct program_start {
    std::vector<std::string> words; ///< the first is looked up in PATH
    std::string directory;          ///< empty: the working directory
    int input = -1;                 ///< becomes its standard input; -1: ours
};

/// Starts a program; `not_found` where there is no such one. Whoever calls must wait for it.
[[nodiscard]] result<pid_t> start_program(const program_start& what);

/// Waits for the end of a child process; its exit code, 128 + N for the signal N.
[[nodiscard]] int wait_for_program(pid_t child);

} // namespace outrider::cli
