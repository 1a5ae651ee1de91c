#pragma once

#include "engine/project/guild_file.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// The files that a project's source code is.
struct source_selection {
    std::vector<std::string> paths;    ///< relative to the root, byte order
    std::vector<std::string> notes;    ///< what was left out and why, for people
    std::vector<std::string> rules;    ///< that decided, in words
    std::vector<std::string> selected; ///< `paths` in the order in which they were found
    std::vector<std::string> skipped;  ///< in that order, too; directories end in '/'
};

/// What `select_sources` works on.
struct source_request {
    std::string root; ///< absolute
    const sourcecode_def& rules;
    std::string operation; ///< its name, for texts
    bool python = false;   ///< it runs a module: what Python builds is no source code
    const std::map<std::string, std::string>& environment; ///< for git
};

/// Selects source code below a directory (FORMAT.md 2.5): what git says in a work tree, else text
/// files up to 1 MiB, at most 100, outside hidden, built and virtual environment directories; the
/// declared rules on top. Links to directories are followed, but not in a circle, and to 100,000
/// entries in all. Fails with `bad_input` beyond 20,000 files, naming what cannot be read, and
/// where git fails for another reason than that there is no repository.
[[nodiscard]] result<source_selection> select_sources(const source_request& request);

} // namespace outrider
