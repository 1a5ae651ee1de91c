#pragma once

#include "engine/api/events.hpp"
#include "engine/protocol/messages.hpp"

#include <optional>
#include <string>

namespace outrider {

/// The kind of the reason of a run whose operation is suspended by a signal.
inline constexpr char suspended_kind[] = "suspended";

/// The status of a run and what it follows from.
struct run_status {
    run_state state = run_state::error;
    std::string remote; ///< for a local copy of a run that is running elsewhere: the remote's name
    std::optional<std::int64_t> exit_status;
    std::string reason; ///< why it ended or did not start, for people; may be empty
};

/// Decides the status of a run from facts alone (FORMAT.md 2.7 and DESIGN.md, "The truth about a
/// run"). A final state needs positive evidence: an exit status, or processes proven gone.
[[nodiscard]] run_status status_of(const protocol::run_facts& facts);

} // namespace outrider
