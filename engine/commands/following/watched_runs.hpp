#pragma once

#include "engine/commands/following/following.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/reactor/task_group.hpp"

#include <list>
#include <vector>

namespace outrider {

/// Runs of one machine that are watched at the same time over one link. Each is told of when it
/// begins and how it ended; the watch of one that fails is no end of the others'. An interrupt ends
/// all. Owned by its command.
class watched_runs {
  public:
    watched_runs(command_session& session, const target& at, const asio::any_io_executor& executor)
        : session_(session), at_(at), link_(session, at, executor), tasks_(executor) {}
    watched_runs(const watched_runs&) = delete;
    watched_runs& operator=(const watched_runs&) = delete;
    ~watched_runs() { session_.on_interrupt({}); }

    /// `begins` says how the watch of a run is told of. Gives the first failure.
    [[nodiscard]] awaitable<result<outcome>>
    run(const std::vector<run_row>& runs, const follow_start& start, const watch_started& begins);

  private:
    awaitable<void> watch(run_follow& one, const run_row& run);
    void tell_end(const run_row& before, followed end);
    void interrupt();

    command_session& session_;
    const target& at_;
    lasting_link link_;
    std::list<run_follow> follows_; // the tasks hold references
    std::optional<failure> failed_;
    bool glimpse_ = false;
    bool several_ = false;
    task_group tasks_;
};

} // namespace outrider
