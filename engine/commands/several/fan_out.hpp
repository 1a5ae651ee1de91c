#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/commands/several/branch_verdict.hpp"
#include "engine/commands/several/joint_question.hpp"
#include "engine/reactor/task_group.hpp"

#include <functional>
#include <list>
#include <string>
#include <vector>

namespace outrider {

/// The same on each of several remotes, at the same time. What fails on one is told as
/// `remote_failed`, and the others go on; questions are put once for all. An interrupt reaches all.
/// Lives for one command.
class fan_out {
  public:
    /// What is done on one remote, in a session of its own.
    using work = std::function<awaitable<result<std::optional<std::int64_t>>>(command_session&,
                                                                              std::string)>;

    /// Events go to `tell`; empty: to the client of `whole`, with the remote's name.
    fan_out(command_session& whole, std::vector<std::string> remotes, work each,
            const asio::any_io_executor& executor, command_session::teller tell = {});
    fan_out(const fan_out&) = delete;
    fan_out& operator=(const fan_out&) = delete;
    ~fan_out() { whole_.on_interrupt({}); }

    /// Returns when all have ended, in the order of the remotes.
    [[nodiscard]] awaitable<std::vector<branch_end>> run();

  private:
    struct branch {
        branch(std::string remote, command_session own, const asio::any_io_executor& executor)
            : end{.remote = std::move(remote)}, session(std::move(own)), task(executor) {}

        branch_end end;
        command_session session;
        task_group task; // the one that does the work
    };
    void add_branch(const std::string& remote, const asio::any_io_executor& executor);
    awaitable<void> run_branch(branch& one);
    awaitable<void> work_on(branch& one);
    void tell_failure(const branch_end& end);
    void interrupt();

    command_session& whole_;
    work each_;
    command_session::teller tell_;
    joint_question question_;
    std::list<branch> branches_; // the tasks hold references
    task_group tasks_;
};

} // namespace outrider
