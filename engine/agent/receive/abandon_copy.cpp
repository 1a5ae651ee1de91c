#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/receive/copy_markers.hpp"
#include "engine/agent/server/immediate_job.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider::agent {
namespace {

result<protocol::abandoned> abandon(const agent_context& context,
                                    const protocol::abandon_copy& request) {
    auto found = open_run(context, request.home, request.run_id, false);
    if (!found) {
        return found.error().kind() == errc::not_found ? result<protocol::abandoned>({.done = true})
                                                       : found.error();
    }
    const run_paths run{found->path};
    if (may_be_alive(read_run(run, *context.launcher, {}))) {
        return failure(errc::conflict, "run " + request.run_id +
                                           " is this machine's own and is running: it is no copy");
    }
    auto guild = parent_beneath(found->directory.get(), ".guild/LOCK.remote", true);
    auto ours = parent_beneath(found->directory.get(), ".guild/outrider/reason", true);
    if (!guild || !ours) {
        return guild ? ours.error() : guild.error();
    }
    // The reason first: without the markers and without it, the run would seem to have failed.
    if (auto written = replace_file(run.reason(), run.temporary("reason"),
                                    protocol::encode(request.reason) + "\n");
        !written) {
        return written.error();
    }
    if (auto cleared = put_markers(guild->parent.get(), {}); !cleared) {
        return cleared.error();
    }
    return protocol::abandoned{.done = true};
}

} // namespace

std::unique_ptr<job> make_abandon_copy_job(const agent_context& context,
                                           protocol::abandon_copy request, reply_channel channel) {
    return std::make_unique<immediate_job<protocol::abandon_copy>>(context, std::move(request),
                                                                   channel, &abandon);
}

} // namespace outrider::agent
