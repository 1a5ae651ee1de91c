#pragma once

#include "engine/agent/server/context.hpp"

#include <memory>
#include <string_view>

namespace outrider::agent {

/// Makes the job of a request frame. An unknown type or a body of the wrong shape is a failure of
/// that request alone: a newer client may talk to an older agent.
[[nodiscard]] result<std::unique_ptr<job>>
make_job(const agent_context& context, std::string_view payload, reply_channel channel);

} // namespace outrider::agent
