#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace outrider {

/// What is done about symbolic links of a run.
enum class run_links { keep, follow };

/// Copies a run directory to a place that does not exist yet: modes and times are kept, links as
/// asked (one that leads nowhere, or in a circle, stays one). A lock is left out, which names a
/// process of this place, and what holds secrets. Written beside its place and renamed. Gives what
/// was left out: pipes, sockets, devices. May block for long.
[[nodiscard]] result<std::vector<std::string>>
copy_run_tree(const std::filesystem::path& from, const std::filesystem::path& to, run_links links);

/// Moves a run directory to a place that does not exist yet, over file systems if need be.
[[nodiscard]] result<std::vector<std::string>>
move_run_tree(const std::filesystem::path& from, const std::filesystem::path& to, run_links links);

} // namespace outrider
