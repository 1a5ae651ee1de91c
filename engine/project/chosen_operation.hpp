#pragma once

#include "engine/project/guild_file.hpp"

#include "engine/runs/opref.hpp"

#include <optional>
#include <string>

namespace outrider {

/// The operation that a command names, and the project it is in.
struct chosen_operation {
    std::optional<guild_file> file; ///< nothing: a script without a project
    operation_def op;
    bool script = false;
    bool builtin = false;          ///< `queue`: of no project, without source code
    std::optional<opref> recorded; ///< the operation is that of a run
};

/// Finds the operation of a name (empty: the default one) in the project of a directory, or a
/// script there. Failures read like Guild's.
[[nodiscard]] result<chosen_operation> choose_operation(const std::string& directory,
                                                        const std::string& name);

} // namespace outrider
