#pragma once

#include "engine/project/guild_file.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// The files that a project's source code is.
struct source_selection {
    std::vector<std::string> paths; ///< relative to the root, byte order
    std::vector<std::string> notes; ///< what was left out and why, for people
};

/// Selects source code below `root` (FORMAT.md 2.5): what git says in a work tree, else text files
/// up to 1 MiB, at most 100, outside hidden, built and virtual environment directories; the
/// declared rules on top. Fails with `bad_input` beyond 20,000 files, or naming what cannot be
/// read.
[[nodiscard]] result<source_selection>
select_sources(const std::string& root, const sourcecode_def& rules, const std::string& operation,
               const std::map<std::string, std::string>& environment);

} // namespace outrider
