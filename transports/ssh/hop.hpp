#pragma once

#include "engine/config/remote.hpp"
#include "transports/ssh/user_config.hpp"

#include <string>

namespace outrider::ssh {

/// One machine on the way to a remote, the remote itself included.
struct hop {
    remote to; ///< `name` begins the texts: the remote's, or "jump host H"
    user_config config;
    /// "10.0.0.5 port 22"
    [[nodiscard]] std::string server() const {
        return config.host_name + " port " + std::to_string(config.port);
    }
};

} // namespace outrider::ssh
