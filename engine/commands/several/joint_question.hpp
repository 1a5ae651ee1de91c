#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/reactor/notifier.hpp"

#include <list>
#include <memory>
#include <optional>
#include <string>

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

} // namespace outrider
