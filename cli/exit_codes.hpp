#pragma once

#include <string>

namespace outrider::cli {

/// How the program ends; everything that says so to people comes from `exit_code_lines`.
enum exit_code : int {
    succeeded_exit_code = 0,
    failed_exit_code = 1,        ///< an error, told on standard error
    usage_exit_code = 2,         ///< the command line is wrong
    unreachable_exit_code = 3,   ///< some of several remotes; the others did it
    aborted_exit_code = 4,       ///< a question was declined or not answered
    timed_out_exit_code = 124,   ///< `wait --timeout`: the time is up
    interrupted_exit_code = 130, ///< 128 + SIGINT: before the work was done
};

/// One line for each code: the number, two spaces or more, what it means.
[[nodiscard]] std::string exit_code_lines(const std::string& program);

} // namespace outrider::cli
