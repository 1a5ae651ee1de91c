#pragma once

#include "engine/agent/server/job_drive.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/protocol/slot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What whoever starts the runs of a plan asks for beside a `start_staged`.
struct child_terms {
    /// `conflict` if the run was started since the start of this token, which was the one on record
    /// where the decision to start it was made.
    std::string token_before;
    /// It waited then, and `conflict` if it does not any more: a start has its token on record
    /// before it is known whether it succeeds.
    bool waited = false;
    std::vector<protocol::held_slot> slots; ///< for its supervisor; `conflict` if one is not free
};

/// Starts a run as `start_here` of `job_drive.hpp` does, on these terms.
[[nodiscard]] result<protocol::start_reply> start_here(const agent_context& context,
                                                       protocol::start_staged request,
                                                       child_terms terms,
                                                       const progress_listener& told);

} // namespace outrider::agent
