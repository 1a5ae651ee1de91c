#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace outrider::agent {

/// Whether a version of Python ("3.11.2", "3.9") fulfils a requirement: `>=3.6,<4`, `==3.9`,
/// `~=3.8`, `!=3.7.1`, or a bare `3.9`. A version counts as far as the requirement is written:
/// 3.9.2 is `==3.9`. What is no requirement is not fulfilled. Pure.
[[nodiscard]] bool fits_python_requirement(std::string_view version, std::string_view requirement);

/// The interpreter of an operation: of PATH, `python3` or `python`. With a requirement, which may
/// be empty, it has to fulfil that; else the first `pythonX.Y` in PATH whose name does. Asks an
/// interpreter for its version where the requirement needs it, once, and keeps the answer.
[[nodiscard]] result<std::string> find_interpreter(const environment_map& environment,
                                                   const std::string& requirement,
                                                   const std::filesystem::path& cache);

} // namespace outrider::agent
