#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"
#include "engine/completion/completion.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Keeps what a listing of a remote said, for completion: `outrider/known-runs/REMOTE` in the
/// user's cache directory (XDG_CACHE_HOME, else ~/.cache). A whole listing replaces what was known,
/// a part of one comes before it. A failure is silent: nothing else depends on it.
void remember_runs(const command_context& context, const std::string& remote,
                   const runs_listed& listed);

/// What is known of the runs of a remote: ids and descriptions, newest first.
[[nodiscard]] std::vector<completion_candidate> known_runs(const command_context& context,
                                                           const std::string& remote);

} // namespace outrider
