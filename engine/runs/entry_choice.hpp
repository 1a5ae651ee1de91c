#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/dependency.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace outrider {

/// An entry of a directory, and its place in a run.
struct chosen_entry {
    std::filesystem::path from; ///< absolute if the directory is
    std::string place;          ///< below the run directory
};

/// What a source takes of a directory. Without `select` these are the `names` below it, as wholes;
/// with it the files and directories below the names whose path, relative to the directory, matches
/// one of the patterns. Each goes by its last component to the target path. `.guild` is never
/// looked into. Fails with `bad_input` on a pattern that makes no sense, a name that is none, and
/// more entries than can be looked at.
[[nodiscard]] result<std::vector<chosen_entry>>
choose_entries(const std::filesystem::path& directory, std::vector<std::string> names,
               const protocol::entry_choice& choice);

/// Whether a relative path stays below where it starts and out of `.guild`.
[[nodiscard]] bool is_place_in_run(const std::filesystem::path& path);

} // namespace outrider
