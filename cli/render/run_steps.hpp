#pragma once

#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// The lines of a step of `run` on a remote, as Guild and its pip say them (FORMAT.md 5.3); a run
/// on this machine says nothing.
[[nodiscard]] std::string step_lines(const run_progress& step);

/// How a run that was left running is watched again; `program` is the called name.
[[nodiscard]] std::string left_running_lines(const run_left_running& left,
                                             const std::string& program);

} // namespace outrider::cli
