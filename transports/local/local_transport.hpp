#pragma once

#include "engine/remotes/transport.hpp"

#include <memory>

namespace outrider {

/// `type: local`: another home on this machine. It has no keys of its own.
[[nodiscard]] const remote_type& local_remote_type();

/// The wire to this machine itself (`type: local`): each shell is a child process `/bin/sh` in the
/// user's home, with the user's environment. Needs no SSH at all.
[[nodiscard]] std::unique_ptr<transport> make_local_transport();

} // namespace outrider
