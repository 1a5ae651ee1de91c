#pragma once

#include "engine/commands/session.hpp"
#include "engine/events.hpp"

#include <optional>

namespace outrider {

/// How a follow ended: with the run as it ended, or nothing if the person interrupted it.
using followed = std::optional<run_row>;

/// Emits the output of a run from its start until the run has ended. A lost link is said once, and
/// tried again with growing, jittered pauses; the output goes on at the byte where it stopped. An
/// interrupt ends the follow, never the run. `run_dir`: where a run outside of a home is.
[[nodiscard]] awaitable<result<followed>> follow_run(command_session& session, const target& at,
                                                     std::string run_id, std::string run_dir = {});

} // namespace outrider
