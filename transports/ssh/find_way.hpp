#pragma once

#include "engine/core/result.hpp"
#include "transports/ssh/hop.hpp"
#include "transports/ssh/jump_sessions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/// The list taken apart: its last is the direct neighbour, the ones before lead to that.
struct proxy_jump {
    std::string before;    ///< a list again, or empty
    std::string neighbour; ///< for `parse_jump_host`
};
[[nodiscard]] proxy_jump split_proxy_jump(const std::string& list);

/// The way to a remote as its configuration describes it: the remote, the jump host before it, the
/// one before that, …
[[nodiscard]] awaitable<result<std::vector<hop>>>
find_way(user_config_source& configs, const ssh_remote& to,
         const user_config_source::environment& environment);

/// What makes the jump host at place `at` of a way the one that it is.
[[nodiscard]] jump_way way_to(const std::vector<hop>& way, std::size_t at,
                              const user_config_source::environment& environment);

} // namespace outrider::ssh
