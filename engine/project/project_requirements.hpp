#pragma once

#include "engine/core/result.hpp"
#include "engine/project/guild_file.hpp"

#include <string>
#include <vector>

namespace outrider {

/// What pip has to bring on another machine for the operations of a project.
struct project_requirements {
    std::vector<std::string> lines;       ///< of a requirements.txt that needs no other file
    std::vector<std::string> constraints; ///< the same of what `-c` names
    std::vector<std::string> notes;       ///< what is left out, for people
};

/// The packages are `requires` of the `package` of a project, else the lines of the
/// `requirements.txt` beside it (FORMAT-2.md 0); a script has no project, `file` is null then.
/// Files that it includes are read, too. What names files of this machine is left out, and said.
/// Fails with `bad_project` where a file cannot be read.
[[nodiscard]] result<project_requirements> read_requirements_of(const guild_file* file,
                                                                const std::string& directory);

} // namespace outrider
