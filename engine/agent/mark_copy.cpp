#include "engine/agent/copy_markers.hpp"
#include "engine/agent/immediate_job.hpp"
#include "engine/agent/jobs.hpp"
#include "engine/agent/run_place.hpp"
#include "engine/agent/tree_removal.hpp"
#include "engine/runs/read_run.hpp"

namespace outrider::agent {
namespace {

result<> remove_paths(int run, const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
        auto where = parent_beneath(run, path, false);
        if (!where && where.error().kind() == errc::not_found) {
            continue;
        }
        if (!where) {
            return where.error();
        }
        if (auto removed = remove_tree(where->parent.get(), where->name); !removed) {
            return removed;
        }
    }
    return {};
}

result<protocol::copy_state_reply> mark(const agent_context& context,
                                        const protocol::mark_copy& request) {
    const bool sets_some =
        request.remote_lock || request.pending || request.staged || request.terminated_remote;
    auto run = open_run(context, request.home, request.run_id, sets_some);
    if (!run) {
        if (run.error().kind() == errc::not_found && !sets_some) {
            return protocol::copy_state_reply{true}; // nothing there to take a marker from
        }
        return run.error();
    }
    if (may_be_alive(read_run(run_paths{run->path}, context.machine, {}))) {
        return failure(errc::conflict, "run " + request.run_id +
                                           " is this machine's own and is running: it cannot be "
                                           "replaced by a copy (stop it first)");
    }
    if (auto removed = remove_paths(run->directory.get(), request.remove); !removed) {
        return removed.error();
    }
    auto guild = parent_beneath(run->directory.get(), ".guild/LOCK.remote", sets_some);
    if (!guild) {
        if (guild.error().kind() == errc::not_found) {
            return protocol::copy_state_reply{true};
        }
        return guild.error();
    }
    if (auto put = put_markers(guild->parent.get(), {request.remote_lock, request.pending,
                                                     request.staged, request.terminated_remote});
        !put) {
        return put.error();
    }
    return protocol::copy_state_reply{true};
}

} // namespace

std::unique_ptr<job> make_mark_copy_job(const agent_context& context, protocol::mark_copy request,
                                        reply_channel channel) {
    return std::make_unique<immediate_job<protocol::mark_copy>>(context, std::move(request),
                                                                channel, &mark);
}

} // namespace outrider::agent
