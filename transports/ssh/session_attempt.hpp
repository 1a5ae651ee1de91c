#pragma once

#include "engine/core/descriptor.hpp"
#include "transports/ssh/authentication.hpp"
#include "transports/ssh/connection_memory.hpp"
#include "transports/ssh/failed_try.hpp"
#include "transports/ssh/hop.hpp"
#include "transports/ssh/host_key_check.hpp"
#include "transports/ssh/reached_session.hpp"
#include "transports/ssh/time_budget.hpp"

#include <memory>
#include <string>

namespace outrider::ssh {

/// One try to make a logged-in session to a hop: a place among those in the making, a socket, the
/// key exchange, the host key, the login. Lives for that try.
class session_attempt {
  public:
    session_attempt(connection_memory& memory, const hop& to, const connect_context& context,
                    time_budget& budget);
    /// `via` is the session of the jump host before; none: the machine is reached directly.
    [[nodiscard]] awaitable<result<reached_session>> run(host_key_check& check, key_ring keys,
                                                         std::shared_ptr<jump_session> via);
    /// After a failure: whether another try may succeed a moment later. Notes that the server is
    /// full, if that was it.
    [[nodiscard]] bool worth_another() const;

  private:
    struct reached_socket {
        descriptor socket;
        std::shared_ptr<proxy_process> proxy;
    };
    [[nodiscard]] awaitable<result<>> take_socket(const jump_session* via);
    [[nodiscard]] awaitable<result<reached_socket>> open_socket(std::shared_ptr<jump_session> via);
    [[nodiscard]] awaitable<result<reached_socket>> start_proxy();
    [[nodiscard]] awaitable<result<>> hear(const reached_socket& reached);
    [[nodiscard]] awaitable<result<std::shared_ptr<session>>>
    exchange_keys(reached_socket& reached, const session_options& options);
    [[nodiscard]] failure explained(failure what, const reached_socket& reached) const;

    connection_memory& memory_;
    const hop& hop_;
    const connect_context& context_;
    time_budget& budget_;
    std::string server_; // whose places these are
    std::shared_ptr<handshake_slots::slot> place_;
    failed_try ended_;
};

} // namespace outrider::ssh
