#pragma once

#include "transports/ssh/hop.hpp"
#include "transports/ssh/jump_sessions.hpp"

#include <vector>

namespace outrider::ssh {

/// The way to a remote as its configuration describes it: the remote, the jump host before it, the
/// one before that, …
[[nodiscard]] awaitable<result<std::vector<hop>>>
find_way(user_config_source& configs, const ssh_remote& to,
         const user_config_source::environment& environment);

/// What makes the jump host at place `at` of a way the one that it is.
[[nodiscard]] jump_way way_to(const std::vector<hop>& way, std::size_t at,
                              const user_config_source::environment& environment);

} // namespace outrider::ssh
