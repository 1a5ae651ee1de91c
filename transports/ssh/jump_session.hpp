#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/reactor/task_group.hpp"
#include "transports/ssh/reached_session.hpp"
#include "transports/ssh/tcp_connect.hpp"
#include "transports/ssh/time_budget.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace outrider::ssh {

/// The session to a jump host, shared by all remotes behind it: each has a channel of its own. It
/// lives while somebody holds it and for a short while afterwards. When it breaks, the connections
/// behind it end. Owned by `jump_sessions`, together with the tasks that carry the bytes.
class jump_session : public std::enable_shared_from_this<jump_session> {
  public:
    jump_session(reached_session reached, task_group& carriers, std::chrono::milliseconds linger);
    jump_session(const jump_session&) = delete;
    jump_session& operator=(const jump_session&) = delete;

    [[nodiscard]] bool alive() const { return reached_.wire->alive(); }
    [[nodiscard]] const std::string& label() const { return reached_.wire->label(); }
    /// For those who connect through it: it stays as long as somebody has one of these.
    [[nodiscard]] std::shared_ptr<jump_session> hold();
    /// A socket to `target`, as the jump host reaches it. A refusal is `connect_failed` and leaves
    /// the session alone; when the jump host itself has fallen silent, the session ends.
    [[nodiscard]] awaitable<result<descriptor>> open(tcp_target target, time_budget& budget);
    /// Ends it at once, for all.
    void end();

  private:
    void let_go();
    [[nodiscard]] bool went_silent(std::uint64_t heard_before,
                                   std::chrono::steady_clock::time_point since) const;

    reached_session reached_;
    task_group& carriers_;
    std::chrono::milliseconds linger_;
    asio::steady_timer unused_;
    int holders_ = 0;
    bool ended_ = false;
};

} // namespace outrider::ssh
