#pragma once

#include "engine/api/archive_commands.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// A file of a run and where it goes, both as relative paths that lead nowhere outside.
struct merged_file {
    std::string in_run;
    std::string in_project;

    friend bool operator==(const merged_file&, const merged_file&) = default;
};

/// What `merge` copies of a run: its source code to where the manifest says that it was, files of
/// the project that it required, and what it wrote itself, at the same path. What came from
/// elsewhere (other runs, downloads, files outside of the project) is left out unless all is asked
/// for, and so is whatever a pattern of `exclude` names. `files` are the regular files of the run
/// but Guild's own. In the order of `files`. Pure.
[[nodiscard]] std::vector<merged_file> plan_merge(std::string_view manifest,
                                                  const std::vector<std::string>& files,
                                                  const merge_command& what);

} // namespace outrider
