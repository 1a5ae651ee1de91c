#pragma once

#include "engine/core/result.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace outrider {

/// What a program that has ended left.
struct captured_output {
    int exit_status = 0; ///< negative: the signal that ended it
    std::string bytes;   ///< of standard output
};

/// Where standard error of a program goes: nowhere, or to the same place as its output.
enum class error_output { dropped, merged };

/// Runs a program found in PATH and waits for its end: input is `/dev/null`.
/// Fails with `not_found` if there is no such program, `timed_out` after `limit` (it is killed
/// then), `io_failed` when it writes more than 64 MiB. Blocks.
[[nodiscard]] result<captured_output>
capture_program(const std::vector<std::string>& words,
                const std::map<std::string, std::string>& environment,
                std::chrono::milliseconds limit, error_output errors = error_output::dropped);

} // namespace outrider
