#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/core/result.hpp"

#include <functional>
#include <string>

namespace outrider::agent {

/// Hears lines about what takes long.
using progress_listener = std::function<void(const std::string& line)>;

/// Starts a run in this process, without a client: waits until its operation runs, or until a run
/// that is only to be made is there.
[[nodiscard]] result<protocol::start_reply> start_here(const agent_context& context,
                                                       protocol::start_run request,
                                                       const progress_listener& told);
[[nodiscard]] result<protocol::start_reply> start_here(const agent_context& context,
                                                       protocol::start_staged request,
                                                       const progress_listener& told);
/// Stops a run in this process: waits until it has ended.
[[nodiscard]] result<protocol::stop_reply> stop_here(const agent_context& context,
                                                     protocol::stop_run request);

} // namespace outrider::agent
