#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/retry_policy.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace outrider {

/// The way to one machine for all that a command follows there, over as many connections as it
/// takes. That the link was lost is said once, and one of those who follow tries again for all,
/// with growing, jittered pauses. Owned by the command; outlives its follows.
class lasting_link {
  public:
    lasting_link(command_session& session, const target& at, const asio::any_io_executor& executor)
        : session_(session), at_(at), pause_(executor), changed_(executor) {}
    lasting_link(const lasting_link&) = delete;
    lasting_link& operator=(const lasting_link&) = delete;

    /// The agent there, once it answers. Fails with what is not worth a retry, for all the same,
    /// and with `cancelled` after `end`.
    [[nodiscard]] awaitable<result<std::shared_ptr<agent_client>>> agent();
    /// Something that was followed broke off.
    void lose(const failure& why);
    /// Something came: the next loss is tried again soon.
    void works() { retries_.succeeded(); }
    /// Nobody wants it any more.
    void end();
    [[nodiscard]] bool ended() const { return ended_; }

    [[nodiscard]] const target& at() const { return at_; }

  private:
    awaitable<void> pause();
    void come_back();

    command_session& session_;
    const target& at_;
    asio::steady_timer pause_;
    notifier changed_;
    retry_policy retries_;
    std::optional<failure> given_up_;
    std::optional<std::chrono::steady_clock::time_point> up_since_;
    bool trying_ = false; // one asks for the agent, the others wait for `changed_`
    bool lost_ = false;   // and said
    bool ended_ = false;
};

} // namespace outrider
