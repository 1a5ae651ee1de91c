#pragma once

#include "engine/project/guild_file.hpp"
#include "engine/project/run_plan.hpp"

#include <map>
#include <string>

namespace outrider {

/// The environment of an operation as its `op` attribute records it: what does not depend on flags.
[[nodiscard]] std::map<std::string, std::string>
frozen_environment(const run_request& request, const operation_def& op, const run_plan& plan);

/// What the process of an operation gets on top of the environment of its machine.
[[nodiscard]] std::map<std::string, std::string>
make_environment(const run_request& request, const operation_def& op,
                 const std::map<std::string, std::string>& frozen,
                 const std::map<std::string, std::string>& operation_environment);

} // namespace outrider
