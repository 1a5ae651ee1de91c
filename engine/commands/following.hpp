#pragma once

#include "engine/commands/session.hpp"
#include "engine/commands/since_text.hpp"
#include "engine/events.hpp"

#include <optional>

namespace outrider {

/// How a follow ended: with the run as it ended, or nothing if the person interrupted it.
using followed = std::optional<run_row>;

/// Where a follow begins: at most one of the first two; otherwise at the start of the output.
struct follow_start {
    std::optional<std::int64_t> tail; ///< the last so many lines
    std::optional<since_time> since;  ///< lines of that time and later
    std::string run_dir;              ///< of a run outside of a home, absolute
};

/// Emits the output of a run from `start` until the run has ended. A lost link is said once, and
/// tried again with growing, jittered pauses; the output goes on at the byte where it stopped. An
/// interrupt ends the follow, never the run.
[[nodiscard]] awaitable<result<followed>> follow_run(command_session& session, const target& at,
                                                     std::string run_id, follow_start start = {});

} // namespace outrider
