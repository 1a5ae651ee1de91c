#pragma once

#include "engine/api/run_commands.hpp"
#include "engine/core/result.hpp"

namespace outrider {

/// Refuses options of `run` that contradict each other, and names that cannot be a run's. Pure.
[[nodiscard]] result<> check_run_command(const run_command& what);

/// Whether a `run` only describes the project or tries something out, and needs no machine. Pure.
[[nodiscard]] bool is_about_project(const run_command& what);

/// Whether the directory whose project is meant is there: `not_found`. A command may be called
/// where it is not (`-C`, or a working directory that was deleted), and most need none.
[[nodiscard]] result<> check_project_directory(const std::string& directory);

/// Makes `run_dir` absolute below `directory`, and the run's id the name of that directory.
void place_run(run_command& what, const std::string& directory, const std::string& user_home);

} // namespace outrider
