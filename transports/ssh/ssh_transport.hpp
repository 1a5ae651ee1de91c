#pragma once

#include "engine/remotes/transport.hpp"

#include <memory>

namespace outrider {

/// The wire to `type: ssh` remotes. It remembers what it read for the life of the engine: ssh
/// configurations, unlocked keys, known hosts.
[[nodiscard]] std::unique_ptr<transport> make_ssh_transport();

} // namespace outrider
