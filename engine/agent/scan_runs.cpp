#include "engine/agent/jobs.hpp"

namespace outrider::agent {

std::unique_ptr<job> make_scan_runs_job(const agent_context&, protocol::scan_runs, reply_channel channel) {
    channel.fail({errc::unsupported, "not yet"});
    return nullptr;
}

} // namespace outrider::agent
