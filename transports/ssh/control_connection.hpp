#pragma once

#include "transports/ssh/connector.hpp"

#include <memory>

namespace outrider::ssh {

/// Rides on a connection that the user's own `ssh` holds (`ssh-control: PATH`, its control socket),
/// where only a person gets in: each shell is one `ssh` more, which goes through it. Nothing is
/// asked and no host key is checked: the user's `ssh` has done that. Never ends that connection.
[[nodiscard]] awaitable<result<std::unique_ptr<connection>>>
connect_by_control(const ssh_remote& to, const connect_context& context);

} // namespace outrider::ssh
