#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/core/result.hpp"

#include <filesystem>
#include <string>

namespace outrider::agent {

/// The interpreter of an operation: of PATH, `python3` or `python`. With a requirement, which may
/// be empty, it has to fulfil that; else the first `pythonX.Y` in PATH whose name does. Asks an
/// interpreter for its version where the requirement needs it, once, and keeps the answer.
[[nodiscard]] result<std::string> find_interpreter(const environment_map& environment,
                                                   const std::string& requirement,
                                                   const std::filesystem::path& cache);

} // namespace outrider::agent
