#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/project/run_plan.hpp"

namespace outrider {

/// Whether a batch is only looked at: `--print-trials`, `--save-trials`, `--print-cmd`,
/// `--print-env`. Then nothing is recorded, and nobody is asked.
[[nodiscard]] bool only_shows_trials(const run_command& what);

/// Shows the trials of a batch: as a table, as a file, or by their commands. Fails where they are
/// not known beforehand.
[[nodiscard]] awaitable<result<outcome>>
show_trials(command_session& session, const run_command& what, const run_plan& prototype);

} // namespace outrider
