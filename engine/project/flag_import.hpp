#pragma once

#include "engine/project/guild_file.hpp"
#include "engine/project/module_flags.hpp"

namespace outrider {

/// Completes an operation by what the source of its Python module says: where flags go
/// (`flags_dest`), and the flags that its `imports` name. What the project declares wins. Returns
/// warnings for people. Reads nothing for an operation that has no module, or neither flags nor
/// imports. Blocks.
[[nodiscard]] std::vector<std::string> import_flags(operation_def& op, const std::string& directory,
                                                    module_reading how);

/// Puts flags of a module into those of an operation, declared ones first. Failures name the flag.
/// Pure.
[[nodiscard]] result<> merge_flags(operation_def& op, const boost::json::object& found);

} // namespace outrider
