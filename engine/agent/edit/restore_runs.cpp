#include "engine/agent/edit/run_removal.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/server/immediate_job.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider::agent {
namespace {

// All are checked before one is moved: a conflict leaves everything as it was.
result<> check_all(const fs::path& home, const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
        const auto run = run_in_home(home, id);
        if (!run) {
            return run.error();
        }
        if (stands_at(run->directory)) {
            return failure(errc::conflict, "cannot restore run " + id + ": " +
                                               run->directory.string() + " exists already");
        }
    }
    return {};
}

result<protocol::restore_reply> restore(const agent_context& context,
                                        const protocol::restore_runs& request) {
    const auto home = resolve_home(request.home, context.machine.home);
    if (auto good = check_all(home, request.ids); !good) {
        return good.error();
    }
    if (auto made = make_directories(home / "runs"); !made) {
        return made.error();
    }
    protocol::restore_reply done;
    for (const auto& id : request.ids) {
        const run_paths deleted{home / "trash" / "runs" / id};
        if (!is_run(deleted)) {
            continue; // another client was faster
        }
        if (auto moved = move_run(deleted.directory, home / "runs" / id); !moved) {
            return moved.error();
        }
        done.restored.push_back(id);
    }
    return done;
}

} // namespace

std::unique_ptr<job> make_restore_runs_job(const agent_context& context,
                                           protocol::restore_runs request, reply_channel channel) {
    return std::make_unique<immediate_job<protocol::restore_runs>>(context, std::move(request),
                                                                   channel, &restore);
}

} // namespace outrider::agent
