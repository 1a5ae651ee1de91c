#pragma once

#include "transports/ssh/proxy_process.hpp"
#include "transports/ssh/session.hpp"

#include <memory>
#include <string>

namespace outrider::ssh {

/// A session that is logged in; nothing where only a child `ssh` can do it.
struct reached_session {
    std::shared_ptr<session> wire;
    std::shared_ptr<proxy_process> proxy; ///< lives as long as the wire
    std::string needs_ssh_program;        ///< why a child `ssh` is needed
};

} // namespace outrider::ssh
