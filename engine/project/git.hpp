#pragma once

#include "engine/core/result.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace outrider {

/// The files of a directory that git would take: tracked ones, and untracked ones that are not
/// ignored; relative paths. Nothing: there is no git, or no repository here. Every other failure of
/// git is one, in its own words: what it could not tell is not known.
[[nodiscard]] result<std::optional<std::set<std::string>>>
git_files(const std::string& directory, const std::map<std::string, std::string>& environment);

/// The files of a directory that are committed to git as they are; relative paths. Nothing, and
/// failures, as `git_files`.
[[nodiscard]] result<std::optional<std::set<std::string>>>
git_committed_files(const std::string& directory,
                    const std::map<std::string, std::string>& environment);

/// The commit as the run format writes it: `git:HASH`, with `*` if the tree is dirty. Nothing:
/// there is no git, no repository here, or no commit in it. Fails as `git_files`.
[[nodiscard]] result<std::optional<std::string>>
git_commit(const std::string& directory, const std::map<std::string, std::string>& environment);

} // namespace outrider
