#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/commands/several/branch_verdict.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/task_group.hpp"

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// One question to the person instead of one for each remote: whoever takes part in the same
/// command on another remote has to ask, or to leave, before it is put, with the runs of all. Owned
/// by the command that does the same on several remotes; outlives those who take part.
class joint_question {
  public:
    /// `members`: how many take part; each of them leaves once.
    joint_question(command_session& whole, std::size_t members,
                   const asio::any_io_executor& executor)
        : whole_(whole), members_(members), changed_(executor) {}
    joint_question(const joint_question&) = delete;
    joint_question& operator=(const joint_question&) = delete;

    /// Waits for the others, then for the person.
    [[nodiscard]] awaitable<std::optional<std::string>> ask(question asked, std::string remote);
    /// One will not ask (again).
    void leave();

  private:
    struct round {
        std::list<question> asked;
        bool put = false; ///< one of those who asked puts it to the person
        bool answered = false;
        std::optional<std::string> answer;
    };
    [[nodiscard]] bool complete(const round& one) const { return one.asked.size() >= members_; }

    command_session& whole_;
    std::size_t members_; // who are still there
    std::shared_ptr<round> current_ = std::make_shared<round>();
    notifier changed_;
};

/// The question that stands for several of one kind. Pure.
[[nodiscard]] question merged_question(std::list<question> asked);

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
