#pragma once

#include "engine/reactor/retry_policy.hpp"
#include "engine/remotes/transport.hpp"
#include "transports/ssh/session_attempt.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::ssh {

/// Makes one connection: finds the way, hop by hop, and goes it. Lives for one connect.
class connector {
  public:
    connector(connection_memory& memory, const ssh_remote& to, const connect_context& context);
    [[nodiscard]] awaitable<result<std::unique_ptr<connection>>> run();

  private:
    /// A logged-in session to a hop of the way, through the hops before it. Tries again where that
    /// may help.
    [[nodiscard]] awaitable<result<reached_session>> reach(std::size_t at);
    /// The session to a jump host, shared with all who go through it.
    [[nodiscard]] awaitable<result<reached_jump>> reach_jump_host(std::size_t at);
    /// The same by OpenSSH's own program, `why` says what needs it; the hops before go likewise.
    [[nodiscard]] awaitable<result<std::shared_ptr<child_master>>> reach_by_child(std::size_t at,
                                                                                  std::string why);
    [[nodiscard]] awaitable<result<std::shared_ptr<child_master>>>
    try_by_child(child_request request);
    /// A pause before the next try; false when there is no time for one.
    [[nodiscard]] awaitable<bool> pause(retry_policy& pauses, const failure& why);
    /// Whose failure it is for the remote.
    [[nodiscard]] failure of_jump_host(failure what, std::size_t asked_by) const;

    connection_memory& memory_;
    const ssh_remote& to_;
    const connect_context& context_;
    time_budget budget_;
    std::vector<hop> way_;
};

} // namespace outrider::ssh
