#pragma once

#include "engine/core/result.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>

namespace outrider::agent {

/// Where the executable that jobs of a home run lies: in the home, which all nodes see.
[[nodiscard]] fs::path shared_agent_file(const fs::path& home, const std::string& build);

/// Puts this executable there unless it is there already, whole, and removes older ones that no
/// run of the home which has not ended was submitted with.
[[nodiscard]] result<> ensure_shared_agent(const fs::path& home, const std::string& build);

} // namespace outrider::agent
