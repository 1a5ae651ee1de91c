#pragma once

#include "engine/remotes/agent_client.hpp"

#include <chrono>

namespace outrider {

/// How far the clock of a machine is ahead of ours, and how sure that is.
struct clock_offset {
    std::chrono::microseconds ahead{0};
    std::chrono::microseconds uncertainty{0}; ///< half of the round trip
};

/// Asks an agent for its time, some times; the quickest answer counts.
[[nodiscard]] awaitable<result<clock_offset>> compare_clocks(agent_client& agent, int samples);

} // namespace outrider
