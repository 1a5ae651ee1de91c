#pragma once

#include "engine/agent/server/run_launcher.hpp"

#include <string>
#include <vector>

namespace outrider::agent {

/// The ids of the staged runs of a home, in the order in which they were staged.
[[nodiscard]] std::vector<std::string> staged_runs(const std::string& home);

/// The ids of the runs of a home that are running, without queues and without `but`.
[[nodiscard]] std::vector<std::string> running_runs(const std::string& home, run_launcher& launcher,
                                                    const std::string& but);

} // namespace outrider::agent
