#pragma once

#include "engine/agent/files/tree_removal.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/runs/run_paths.hpp"

#include <optional>

namespace outrider::agent {

/// Removes a run directory that is only a link, and gives where that led; nothing: it is none, and
/// `begin_run_removal` removes it. What a link leads to is somebody's own, down to its last file.
[[nodiscard]] result<std::optional<protocol::removed_link>> remove_run_link(const run_paths& run);

/// Begins to remove a run directory for good: from here on it is no run, even if the rest is cut
/// off. The returned removal does the rest, a slice at a time.
[[nodiscard]] result<tree_removal> begin_run_removal(const run_paths& run);

/// Moves a run directory to a place on the same file system that nothing stands at. A link leads to
/// the same directory there.
[[nodiscard]] result<> move_run(const fs::path& from, const fs::path& to);

/// Whether anything stands at a path, be it a dangling link.
[[nodiscard]] bool stands_at(const fs::path& path);

} // namespace outrider::agent
