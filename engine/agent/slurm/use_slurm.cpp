#include "engine/agent/server/immediate_job.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/slurm/run_launchers.hpp"

namespace outrider::agent {
namespace {

result<protocol::slurm_used> begin_to_use(const agent_context& context,
                                          const protocol::use_slurm& request) {
    auto* view = view_of(context);
    if (view == nullptr) {
        return failure(errc::unsupported, "this agent does not know Slurm");
    }
    view->begin(std::chrono::milliseconds(request.poll_ms));
    return protocol::slurm_used{.used = true};
}

} // namespace

std::unique_ptr<job> make_use_slurm_job(const agent_context& context, protocol::use_slurm request,
                                        reply_channel channel) {
    // At once and not with its first turn: requests that come with it wait for the answer.
    auto used = begin_to_use(context, request);
    std::ignore = used; // said by the reply
    return std::make_unique<immediate_job<protocol::use_slurm>>(context, request, channel,
                                                                &begin_to_use);
}

} // namespace outrider::agent
