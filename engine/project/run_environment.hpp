#pragma once

#include "engine/project/guild_file.hpp"
#include "engine/project/run_plan.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>

namespace outrider {

/// What an operation's environment has besides its own `env`, and keeps when it starts again.
[[nodiscard]] std::map<std::string, std::string>
frozen_environment(const run_request& request, const operation_def& op, const run_plan& plan);

/// Whether an operation's own `env` does not decide what its process gets as this variable.
[[nodiscard]] bool is_given_variable(std::string_view name);

/// The environment as the `op` attribute records it: `env` as it was written, less what is secret,
/// and what is frozen.
[[nodiscard]] boost::json::object
recorded_environment(const operation_def& op, const std::map<std::string, std::string>& frozen);

/// What the process of an operation gets on top of the environment of its machine.
[[nodiscard]] std::map<std::string, std::string>
make_environment(const run_request& request, const operation_def& op,
                 const std::map<std::string, std::string>& frozen,
                 const std::map<std::string, std::string>& operation_environment);

} // namespace outrider
