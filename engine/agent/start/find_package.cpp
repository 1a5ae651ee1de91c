#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/server/immediate_job.hpp"
#include "engine/agent/server/jobs.hpp"

namespace outrider::agent {
namespace {

result<protocol::package_state> find(const agent_context& context,
                                     const protocol::find_package& request) {
    auto present = has_package(context, request.package);
    if (!present) {
        return present.error();
    }
    return protocol::package_state{*present};
}

} // namespace

std::unique_ptr<job> make_find_package_job(const agent_context& context,
                                           protocol::find_package request, reply_channel channel) {
    return std::make_unique<immediate_job<protocol::find_package>>(context, std::move(request),
                                                                   channel, &find);
}

} // namespace outrider::agent
