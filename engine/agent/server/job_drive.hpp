#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/core/result.hpp"

namespace outrider::agent {

/// Starts a run in this process, without a client: waits until its operation runs.
[[nodiscard]] result<protocol::start_reply> start_here(const agent_context& context,
                                                       protocol::start_staged request);

} // namespace outrider::agent
