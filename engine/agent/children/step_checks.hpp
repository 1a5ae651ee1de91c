#pragma once

#include "engine/protocol/children_plan.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>
#include <vector>

namespace outrider::agent {

/// What became of the checks of a step, as Guild says it: lines for the output of the pipeline.
struct checked_step {
    std::vector<std::string> lines; ///< "INFO: [guild] checking run …"
    bool passed = true;
};

/// Makes all checks of a step that has succeeded (FORMAT-2.md 2.4), whatever becomes of each.
/// `${NAME}` in the path of a file to compare with is a variable of our environment.
[[nodiscard]] checked_step check_step(const run_paths& run,
                                      const std::vector<protocol::step_check>& checks);

} // namespace outrider::agent
