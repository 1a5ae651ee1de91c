#pragma once

#include "engine/project/guild_file.hpp"
#include "engine/project/module_flags.hpp"

namespace outrider {

/// Completes an operation by what the source of its Python module says: where flags go
/// (`flags_dest`), and the flags that its `imports` name; without a word about imports what the
/// module knows of declared flags. `flags-dest: config:FILE` takes the values of a file, which the
/// run then requires, with flags put in. What the project declares wins. Returns warnings for
/// people. Reads nothing for an operation that has no module, or neither flags nor imports. Blocks.
[[nodiscard]] std::vector<std::string> import_flags(operation_def& op, const std::string& directory,
                                                    const module_reading& how);

/// Warnings about operations of a project whose flags cannot be imported, but for `chosen`, whose
/// import says so itself. Modules that several share are read once. Blocks.
[[nodiscard]] std::vector<std::string> other_import_problems(const guild_file& file,
                                                             const operation_def& chosen,
                                                             const module_reading& how);

/// Finds out whether the operation's module takes words that begin with '-' for options
/// (`options_by_dash`), unless that is known. Blocks.
void learn_option_style(operation_def& op, const std::string& directory, const module_reading& how);

/// Finds out whether the operation's module trains by Keras (`prints_by_keras`), unless the project
/// says what its output means. Blocks.
void learn_output_style(operation_def& op, const std::string& directory);

/// Puts flags of a module into those of an operation, declared ones first. Failures name the flag.
/// Pure.
[[nodiscard]] result<> merge_flags(operation_def& op, const boost::json::object& found);

} // namespace outrider
