#pragma once

#include "engine/agent/server/context.hpp"

namespace outrider::agent {

/// Serves the protocol on a pair of descriptors until the input ends; returns the exit code of the
/// process: 0 after a clean end, 1 if the client broke the protocol.
int serve(const agent_context& context, int input, int output);

} // namespace outrider::agent
