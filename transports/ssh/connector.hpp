#pragma once

#include "engine/descriptor.hpp"
#include "engine/remotes/transport.hpp"
#include "transports/ssh/authentication.hpp"
#include "transports/ssh/handshake_slots.hpp"
#include "transports/ssh/host_key_store.hpp"
#include "transports/ssh/key_store.hpp"
#include "transports/ssh/person.hpp"
#include "transports/ssh/session.hpp"
#include "transports/ssh/time_budget.hpp"
#include "transports/ssh/user_config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace outrider::ssh {

/// What outlives a single connect. Owned by the transport.
struct connection_memory {
    user_config_source configs;
    key_store keys;
    host_key_store host_keys;
    handshake_slots slots;
};

/// A socket to speak SSH on, and what has to live as long as it (a proxy's process).
struct reached_socket {
    descriptor socket;
    std::shared_ptr<class proxy_process> proxy;
};

/// A session that is logged in; nothing where only a child `ssh` can do it.
struct reached_session {
    std::shared_ptr<session> wire;
    std::shared_ptr<class proxy_process> proxy;
    std::string beyond_us; ///< why a child `ssh` is needed
};

/// Makes one connection, hop by hop. Lives for one connect.
class connector {
  public:
    connector(connection_memory& memory, const remote& to, const connect_context& context);
    [[nodiscard]] awaitable<result<std::unique_ptr<connection>>> run();

  private:
    /// A logged-in session to one hop, through the hops before it.
    [[nodiscard]] awaitable<result<reached_session>> reach(remote hop, user_config config);
    [[nodiscard]] awaitable<result<reached_session>>
    log_in(const remote& hop, const user_config& config, key_ring keys);
    /// The session to the hop before one that has a ProxyJump.
    [[nodiscard]] awaitable<result<reached_session>> reach_jump_host(const remote& hop,
                                                                     const user_config& config);
    [[nodiscard]] awaitable<result<reached_socket>>
    open_socket(const remote& hop, const user_config& config, reached_session jump_host);
    [[nodiscard]] awaitable<result<reached_socket>> start_proxy(const remote& hop,
                                                                const user_config& config);
    [[nodiscard]] result<session_options> options_for(const remote& hop, const user_config& config,
                                                      const std::string& host_keys) const;

    connection_memory& memory_;
    const remote& to_;
    const connect_context& context_;
    time_budget budget_;
    person person_;
    int depth_ = 0; // of jumps
};

} // namespace outrider::ssh
