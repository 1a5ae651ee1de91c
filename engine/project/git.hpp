#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

namespace outrider {

/// The files of a directory that git would take: tracked ones, and untracked ones that are not
/// ignored; relative paths. Nothing: no git, no work tree, or git refuses.
[[nodiscard]] std::optional<std::set<std::string>>
git_files(const std::string& directory, const std::map<std::string, std::string>& environment);

/// The commit as the run format writes it: `git:HASH`, with `*` if the tree is dirty.
[[nodiscard]] std::optional<std::string>
git_commit(const std::string& directory, const std::map<std::string, std::string>& environment);

} // namespace outrider
