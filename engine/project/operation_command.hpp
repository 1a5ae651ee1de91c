#pragma once

#include "engine/flags/command_recipe.hpp"
#include "engine/project/flag_values.hpp"

#include <string>

namespace outrider {

/// How an operation's flags become its command. `project` is what `${project_dir}` stands for.
/// Fails with `bad_input` if a `main` is no command line.
[[nodiscard]] result<command_recipe> command_recipe_of(const operation_def& op,
                                                       const std::string& project = {});

/// Puts flags into the command of an operation; fails as `command_recipe_of` and `fill_command` do.
[[nodiscard]] result<operation_command> make_command(const operation_def& op, const flag_map& flags,
                                                     const std::string& project = {});

/// Whether a parser would take a flag's value for an option, because it begins with '-'.
[[nodiscard]] bool has_option_like_values(const operation_def& op, const flag_map& flags);

} // namespace outrider
