#pragma once

#include "engine/api/commands.hpp"
#include "engine/project/guild_file.hpp"
#include "engine/runs/opref.hpp"

#include <optional>
#include <string>

namespace outrider {

/// The operation that a command names, and the project it is in.
struct chosen_operation {
    std::optional<guild_file> file; ///< nothing: a script without a project
    operation_def op;
    std::string directory;         ///< absolute: of the project, or where a script's source begins
    std::string script;            ///< absolute: the directory that the script is named below
    bool builtin = false;          ///< `queue`: of no project, without source code
    std::optional<opref> recorded; ///< the operation is that of a run

    [[nodiscard]] bool is_script() const { return !script.empty(); }
};

/// Finds the operation of a name (empty: the default one) in the project of the working directory,
/// or a Python script or an executable file that the name is the path of. Failures read like
/// Guild's.
[[nodiscard]] result<chosen_operation> choose_operation(const command_context& context,
                                                        const std::string& name);

} // namespace outrider
