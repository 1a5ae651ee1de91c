#include "engine/agent/server/immediate_job.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/start/required_run.hpp"
#include "engine/runs/run_paths.hpp"

namespace outrider::agent {
namespace {

result<protocol::required_runs> find_all(const agent_context& context,
                                         const protocol::find_required_runs& request) {
    protocol::required_runs out;
    const auto home = resolve_home(request.home, context.machine.home);
    for (const auto& one : request.wanted) {
        auto found = required_run(context, home, one, request.staged);
        out.ids.push_back(found ? std::move(*found) : std::string());
    }
    return out;
}

} // namespace

std::unique_ptr<job> make_find_required_runs_job(const agent_context& context,
                                                 protocol::find_required_runs request,
                                                 reply_channel channel) {
    return std::make_unique<immediate_job<protocol::find_required_runs>>(
        context, std::move(request), channel, &find_all);
}

} // namespace outrider::agent
