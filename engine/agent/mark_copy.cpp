#include "engine/agent/immediate_job.hpp"
#include "engine/agent/incoming_file.hpp"
#include "engine/agent/jobs.hpp"
#include "engine/agent/run_place.hpp"
#include "engine/agent/tree_removal.hpp"
#include "engine/runs/read_run.hpp"

#include <fcntl.h>

#include <cerrno>

namespace outrider::agent {
namespace {

result<> set_marker(int guild, const std::string& name, std::string_view content) {
    const auto temporary = ".marker." + incoming_name();
    const descriptor file(::openat(guild, temporary.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file) {
        return errno_failure(errno, "write " + name);
    }
    const auto wrote = ::write(file.get(), content.data(), content.size());
    if (wrote != static_cast<ssize_t>(content.size()) ||
        ::renameat(guild, temporary.c_str(), guild, name.c_str()) != 0) {
        const int why = wrote < 0 ? errno : ENOSPC;
        ::unlinkat(guild, temporary.c_str(), 0);
        return errno_failure(why, "write " + name);
    }
    return {};
}

result<> clear_marker(int guild, const std::string& name) {
    if (::unlinkat(guild, name.c_str(), 0) != 0 && errno != ENOENT) {
        return errno_failure(errno, "remove " + name);
    }
    return {};
}

result<> put_marker(int guild, const std::string& name, bool wanted) {
    return wanted ? set_marker(guild, name, "") : clear_marker(guild, name);
}

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

// The lock is set first and removed last, so that no moment between tells of an end that is none.
result<> put_markers(int guild, const protocol::mark_copy& request) {
    if (request.remote_lock) {
        if (auto set = set_marker(guild, "LOCK.remote", *request.remote_lock); !set) {
            return set;
        }
    }
    const std::pair<const char*, bool> markers[] = {
        {"PENDING", request.pending},
        {"STAGED", request.staged},
        {"TERMINATED.remote", request.terminated_remote}};
    for (const auto& [name, wanted] : markers) {
        if (auto put = put_marker(guild, name, wanted); !put) {
            return put;
        }
    }
    return request.remote_lock ? result<>() : clear_marker(guild, "LOCK.remote");
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
    if (auto put = put_markers(guild->parent.get(), request); !put) {
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
