#pragma once

#include "transports/ssh/connector.hpp"
#include "transports/ssh/tcp_connect.hpp"

#include <string>
#include <utility>
#include <vector>

namespace outrider::ssh {

/// One hop of a ProxyJump list.
struct jump_host {
    std::string host;
    std::optional<std::uint16_t> port;
    std::optional<std::string> user;
    friend bool operator==(const jump_host&, const jump_host&) = default;
};

/// Reads `[USER@]HOST[:PORT]` or `ssh://[USER@]HOST[:PORT]`; IPv6 addresses in brackets.
[[nodiscard]] result<jump_host> parse_jump_host(std::string_view text);

/// A socket to `target` as the jump host's session reaches it: a channel of that session and two
/// pumps carry it. The session lives as long as the socket is open, and ends with it.
[[nodiscard]] awaitable<result<descriptor>> jump_to(reached_session through, tcp_target target);

} // namespace outrider::ssh
