#include "engine/agent/server/immediate_job.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/runs/process_identity.hpp"

namespace outrider::agent {
namespace {

result<protocol::pong> answer(const agent_context&, const protocol::ping&) {
    return protocol::pong{.time_us = now_us()};
}

} // namespace

std::unique_ptr<job> make_ping_job(const agent_context& context, protocol::ping request,
                                   reply_channel channel) {
    return std::make_unique<immediate_job<protocol::ping>>(context, request, channel, &answer);
}

} // namespace outrider::agent
