#include "engine/agent/jobs.hpp"
#include "engine/runs/read_run.hpp"
#include "engine/runs/small_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <random>

namespace outrider::agent {
namespace {

std::string random_suffix() {
    std::random_device device;
    std::string out;
    for (int i = 0; i < 8; ++i) {
        out.push_back("0123456789abcdef"[device() & 15]);
    }
    return out;
}

bool is_there(const fs::path& path) {
    struct stat facts{};
    return ::lstat(path.c_str(), &facts) == 0;
}

result<> rename_path(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return errno_failure(errno, "cannot move " + from.string() + " to " + to.string());
    }
    return {};
}

/// Checks all runs first, then deletes one after the other. One that is gone already, by another
/// client, is not an error and not reported.
class delete_runs_job final : public job {
  public:
    delete_runs_job(const agent_context& context, protocol::delete_runs request,
                    reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel),
          home_(resolve_home(request_.home, context.machine.home)) {}

    std::optional<job_wait> advance() override;
    void cancel() override { cancelled_ = true; }

  private:
    result<> check_all() const;
    result<> remove_one(const std::string& id);
    result<> move_to_trash(const run_paths& run);

    const agent_context& context_;
    protocol::delete_runs request_;
    reply_channel channel_;
    fs::path home_;
    protocol::delete_reply done_;
    std::size_t next_ = 0;
    bool checked_ = false;
    bool cancelled_ = false;
};

std::optional<job_wait> delete_runs_job::advance() {
    if (cancelled_) {
        channel_.fail({errc::cancelled, "the deletion was cancelled after " +
                                            std::to_string(done_.deleted.size()) + " run(s)"});
        return std::nullopt;
    }
    result<> step;
    if (!checked_) {
        checked_ = true;
        step = check_all();
    }
    if (step && next_ < request_.ids.size()) {
        step = remove_one(request_.ids[next_++]);
    }
    if (!step) {
        channel_.fail(step.error());
        return std::nullopt;
    }
    if (next_ == request_.ids.size()) {
        channel_.reply(done_);
        return std::nullopt;
    }
    return job_wait{.deadline = clock::now()}; // others get their turn between two runs
}

result<> delete_runs_job::check_all() const {
    for (const auto& id : request_.ids) {
        const auto run = run_in_home(home_, id);
        if (!run) {
            return run.error();
        }
        if (!is_run(*run)) {
            continue;
        }
        const auto facts = read_run(*run, context_.machine, {});
        if (may_be_alive(facts)) {
            const std::string where =
                facts.owner_host.empty() ? "" : " (owned by " + facts.owner_host + ")";
            return failure(errc::conflict, "run " + id + " is still running" + where +
                                               "; stop it before it is deleted");
        }
    }
    return {};
}

result<> delete_runs_job::remove_one(const std::string& id) {
    const run_paths run{home_ / "runs" / id};
    if (!is_run(run)) {
        return {};
    }
    auto removed = result<>();
    if (request_.permanent) {
        removed = remove_file(run.opref()); // from here on it is no run, even if this is cut off
        if (removed) {
            removed = remove_tree(run.directory);
        }
    } else {
        removed = move_to_trash(run);
    }
    if (removed) {
        done_.deleted.push_back(id);
    }
    return removed;
}

result<> delete_runs_job::move_to_trash(const run_paths& run) {
    const fs::path trash = home_ / "trash" / "runs";
    if (auto made = make_directories(trash); !made) {
        return made;
    }
    const fs::path target = trash / run.directory.filename();
    if (is_there(target)) {
        const fs::path aside = target.native() + "_" + random_suffix();
        if (auto moved = rename_path(target, aside); !moved) {
            return moved;
        }
    }
    return rename_path(run.directory, target);
}

} // namespace

std::unique_ptr<job> make_delete_runs_job(const agent_context& context,
                                          protocol::delete_runs request, reply_channel channel) {
    return std::make_unique<delete_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
