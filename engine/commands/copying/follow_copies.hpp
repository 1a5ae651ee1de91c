#pragma once

#include "engine/commands/copying/remote_copies.hpp"

#include <chrono>

namespace outrider {

/// Keeps the copies of one remote up to date until the end of each run was copied: files as the
/// agent there tells of them, not more often than every `interval`. A lost link is said once and
/// made anew with growing, jittered pauses, without end. A failure that needs a person is said, and
/// the remote is given up. Ends as well when it is cancelled after `interrupted` was set: what a
/// cancellation meets that may not be broken off (a transfer that is just ending) does not pass it
/// on.
[[nodiscard]] awaitable<void> follow_copies(command_session& session, remote_copies& copies,
                                            std::chrono::seconds interval, const bool& interrupted);

} // namespace outrider
