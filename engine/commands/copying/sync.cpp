#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/copying/follow_copies.hpp"
#include "engine/commands/copying/remote_copies.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/commands/standing/needs_service.hpp"
#include "engine/config/remote_names.hpp"
#include "engine/reactor/task_group.hpp"

#include <algorithm>
#include <list>
#include <map>

namespace outrider {
namespace {

/// Brings the local copies of runs that are running elsewhere up to date, those of all remotes at
/// the same time. What fails for one remote is said, and the others go on.
class sync_job {
  public:
    sync_job(command_session& session, sync_command what, const asio::any_io_executor& executor)
        : session_(session), what_(std::move(what)), tasks_(executor) {}
    sync_job(const sync_job&) = delete;
    sync_job& operator=(const sync_job&) = delete;
    ~sync_job() { session_.on_interrupt({}); }

    awaitable<result<outcome>> run() {
        auto here = co_await session_.find_target({});
        if (!here) {
            co_return here.error();
        }
        auto copies = co_await running_copies(*here);
        if (!copies) {
            co_return copies.error();
        }
        group_by_remote(*here, std::move(*copies));
        const bool follow = what_.follow && !what_.dry_run;
        for (auto& remote : remotes_) {
            tasks_.spawn("sync with " + remote.remote(), [this, follow, &remote] {
                return follow ? follow_copies(session_, remote, interval(), interrupted_)
                              : round(remote);
            });
        }
        if (follow) { // an interrupt is how a person ends it
            session_.on_interrupt([this] {
                interrupted_ = true;
                tasks_.cancel();
            });
        }
        co_await tasks_.join_or_cancel();
        co_return interrupted_ ? outcome{} : end();
    }

  private:
    awaitable<result<std::vector<run_row>>> running_copies(const target& here) {
        auto chosen = co_await choose_runs(session_, here, {.selection = what_.selection});
        if (!chosen) {
            co_return chosen.error();
        }
        std::erase_if(chosen->rows, [](const run_row& row) {
            return row.state != run_state::running || row.remote.empty();
        });
        if (!what_.remote.empty()) {
            const auto settings = session_.settings();
            if (!settings) {
                co_return settings.error();
            }
            const auto wanted =
                find_remote_names(**settings, session_.resources().links.types(), what_.remote);
            if (!wanted) {
                co_return wanted.error();
            }
            std::erase_if(chosen->rows, [&](const run_row& row) {
                return std::ranges::find(wanted->names, row.remote) == wanted->names.end();
            });
        }
        co_return std::move(chosen->rows);
    }

    // In the order in which the listing shows them first.
    void group_by_remote(const target& here, std::vector<run_row> copies) {
        std::vector<std::string> names;
        std::map<std::string, std::vector<run_row>> of_remote;
        for (auto& copy : copies) {
            auto& rows = of_remote[copy.remote];
            if (rows.empty()) {
                names.push_back(copy.remote);
            }
            rows.push_back(std::move(copy));
        }
        for (const auto& name : names) {
            remotes_.emplace_back(session_, here, name, std::move(of_remote[name]), what_.dry_run);
        }
    }

    awaitable<void> round(remote_copies& remote) {
        auto updated = co_await remote.update(remote.ids(), true);
        if (updated && remote.behind().size() > 1) {
            // Of several which failed together, perhaps only one cannot be copied.
            updated = co_await remote.update(remote.behind(), false);
        }
        if (!updated) {
            remote.give_up(updated.error());
        }
    }

    [[nodiscard]] std::chrono::seconds interval() const {
        return std::chrono::seconds(std::max<std::int64_t>(what_.interval_seconds, 0));
    }

    [[nodiscard]] result<outcome> end() const {
        std::size_t not_synced = 0;
        for (const auto& remote : remotes_) {
            not_synced += remote.count_left_out() + remote.behind().size();
        }
        if (not_synced > 0) {
            return failure(errc::connect_failed,
                           std::to_string(not_synced) + " run(s) could not be synchronized");
        }
        return outcome{};
    }

    command_session& session_;
    sync_command what_;
    std::list<remote_copies> remotes_; // the tasks hold references
    task_group tasks_;
    bool interrupted_ = false;
};

awaitable<result<outcome>> hand_to_service(command_session& session, sync_command what) {
    if (!what.follow || what.dry_run) {
        co_return failure(errc::bad_input, "--standing needs --follow, without --dry-run");
    }
    auto here = find_standing_jobs(session, "lasting copies are made by a service");
    if (!here) {
        co_return here.error();
    }
    auto added = co_await (*here)->add(
        {.kind = job_kind::sync, .context = session.context(), .sync = std::move(what)});
    if (!added) {
        co_return added.error();
    }
    session.emit(job_added{std::move(*added)});
    co_return outcome{};
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, sync_command what) {
    if (what.standing) {
        co_return co_await hand_to_service(session, std::move(what));
    }
    sync_job job(session, std::move(what), co_await asio::this_coro::executor);
    co_return co_await job.run();
}

} // namespace outrider
