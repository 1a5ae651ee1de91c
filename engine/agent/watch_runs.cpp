#include "engine/agent/jobs.hpp"

namespace outrider::agent {

std::unique_ptr<job> make_watch_runs_job(const agent_context&, protocol::watch_runs, reply_channel channel) {
    channel.fail({errc::unsupported, "not yet"});
    return nullptr;
}

} // namespace outrider::agent
