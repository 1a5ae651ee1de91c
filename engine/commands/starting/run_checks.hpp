#pragma once

#include "engine/api/run_commands.hpp"
#include "engine/core/result.hpp"

namespace outrider {

/// Refuses options of `run` that contradict each other, and names that cannot be a run's. Pure.
[[nodiscard]] result<> check_run_command(const run_command& what);

/// Makes `run_dir` absolute below `directory`, and the run's id the name of that directory.
void place_run(run_command& what, const std::string& directory, const std::string& user_home);

} // namespace outrider
