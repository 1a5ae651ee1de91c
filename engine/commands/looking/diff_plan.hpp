#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// A source code file as a manifest names it.
struct source_entry {
    std::string in_run;     ///< path below the run
    std::string hash;       ///< SHA-1 of its content
    std::string in_project; ///< path below the project
};

/// The source code entries of a manifest (FORMAT.md 2.5).
[[nodiscard]] std::vector<source_entry> sources_in(std::string_view manifest);

/// One run that is compared.
struct compared_run {
    std::string directory;               ///< absolute
    std::vector<std::string> attributes; ///< names of those that exist
    std::string source_directory;        ///< of its source code in the run; empty: the run itself
    std::vector<source_entry> sources;
};

/// Two paths that are compared.
struct path_pair {
    std::string left;
    std::string right;

    friend bool operator==(const path_pair&, const path_pair&) = default;
};

/// What is compared: one pair of paths for each kind that was asked for, in Guild's order; without
/// any the two run directories. What one side does not have is `/dev/null`. Source code that stands
/// among other files of a run is compared file by file, without those that are equal. Pure.
[[nodiscard]] std::vector<path_pair>
pairs_of_runs(const compared_run& left, const compared_run& right, const diff_command& asked);

/// The same for the source code of a run and a directory that holds a project's.
[[nodiscard]] std::vector<path_pair> pairs_with_directory(const compared_run& left,
                                                          const std::string& directory,
                                                          const diff_command& asked);

/// Warnings about options that another includes, in Guild's words.
[[nodiscard]] std::vector<std::string> needless_options(const diff_command& asked);

/// Options that contradict each other, or paths that are not relative: `bad_input`.
[[nodiscard]] result<> check_diff(const diff_command& asked);

} // namespace outrider
