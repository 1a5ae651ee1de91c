#pragma once

#include "engine/runs/secret_names.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

using environment_map = std::map<std::string, std::string>;

/// What only the agent knows of a run that it starts, for `${…}` in commands and environments.
struct run_substitutions {
    std::string python_exe;
    std::string run_dir;
    std::string support_dir;
    std::string home;  ///< the Guild home, absolute
    std::string agent; ///< executable of this agent
};

/// Replaces `${python_exe}`, `${run_dir}`, `${support_dir}`, `${home}` and `${agent}`; nothing
/// else.
[[nodiscard]] std::string substitute(std::string_view text, const run_substitutions& values);

/// The environment of this process.
[[nodiscard]] environment_map inherited_environment();

/// NAME=VALUE entries that each end with NUL, as a shell's environment is captured.
[[nodiscard]] environment_map parse_environment(std::string_view text);

/// The environment of an operation: `inherited` less `_`, what the request adds (an inherited
/// PYTHONPATH goes to the end of the given one), and what says where the run is.
[[nodiscard]] environment_map operation_environment(environment_map inherited,
                                                    const environment_map& given,
                                                    const run_substitutions& values);

/// The `env` attribute: without names and values that look secret, and without `secrets`.
[[nodiscard]] environment_map public_environment(const environment_map& environment,
                                                 const std::vector<std::string>& secrets);

/// NAME=VALUE words, sorted.
[[nodiscard]] std::vector<std::string> environment_words(const environment_map& environment);

/// The absolute path of an executable file of that name in PATH, or nothing.
[[nodiscard]] std::string find_executable(const environment_map& environment,
                                          const std::string& name);

} // namespace outrider::agent
