#include "engine/agent/edit/run_removal.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"
#include "engine/runs/small_file.hpp"

#include <sys/random.h>

#include <array>

namespace outrider::agent {
namespace {

std::string random_suffix() {
    std::array<unsigned char, 8> bytes{};
    // Without random bytes the name may be taken: the rename fails then, and nothing is lost.
    std::ignore = ::getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK);
    std::string out;
    for (const unsigned char byte : bytes) {
        out.push_back("0123456789abcdef"[byte & 15]);
    }
    return out;
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
    result<> remove_next();
    result<> begin_removal(const run_paths& run);
    result<> move_to_trash(const run_paths& run);

    const agent_context& context_;
    protocol::delete_runs request_;
    reply_channel channel_;
    fs::path home_;
    protocol::delete_reply done_;
    std::size_t next_ = 0;
    std::optional<tree_removal> removal_; // of the run before `next_`
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
    if (step) {
        step = remove_next();
    }
    if (!step) {
        channel_.fail(step.error());
        return std::nullopt;
    }
    if (next_ == request_.ids.size() && !removal_) {
        channel_.reply(done_);
        return std::nullopt;
    }
    return time_slice::let_others_go_first();
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
        const auto facts = read_run(*run, *context_.launcher, {});
        if (may_be_alive(facts)) {
            const std::string where =
                facts.owner_host.empty() ? "" : " (owned by " + facts.owner_host + ")";
            return failure(errc::conflict, "run " + id + " is still running" + where +
                                               "; stop it before it is deleted");
        }
    }
    return {};
}

result<> delete_runs_job::remove_next() {
    if (removal_) {
        const auto gone = removal_->step(time_slice().end());
        if (!gone) {
            return gone.error();
        }
        if (*gone) {
            removal_.reset();
            done_.deleted.push_back(request_.ids[next_ - 1]);
        }
        return {};
    }
    if (next_ == request_.ids.size()) {
        return {};
    }
    const std::string& id = request_.ids[next_++];
    const run_paths run{home_ / "runs" / id};
    if (!is_run(run)) {
        return {};
    }
    if (request_.permanent) {
        return begin_removal(run);
    }
    auto moved = move_to_trash(run);
    if (moved) {
        done_.deleted.push_back(id);
    }
    return moved;
}

result<> delete_runs_job::begin_removal(const run_paths& run) {
    auto link = remove_run_link(run);
    if (!link) {
        return link.error();
    }
    if (*link) {
        done_.links.push_back(std::move(**link));
        return {};
    }
    auto begun = begin_run_removal(run);
    if (!begun) {
        return begun.error();
    }
    removal_.emplace(std::move(*begun));
    return {};
}

result<> delete_runs_job::move_to_trash(const run_paths& run) {
    const fs::path trash = home_ / "trash" / "runs";
    if (auto made = make_directories(trash); !made) {
        return made;
    }
    const fs::path target = trash / run.directory.filename();
    if (stands_at(target)) {
        const fs::path aside = target.native() + "_" + random_suffix();
        if (auto moved = move_run(target, aside); !moved) {
            return moved;
        }
    }
    return move_run(run.directory, target);
}

} // namespace

std::unique_ptr<job> make_delete_runs_job(const agent_context& context,
                                          protocol::delete_runs request, reply_channel channel) {
    return std::make_unique<delete_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
