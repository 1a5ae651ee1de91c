#pragma once

#include "transports/ssh/ssh_remote.hpp"
#include "transports/ssh/user_config.hpp"

#include <string>

namespace outrider::ssh {

/// One machine on the way to a remote, the remote itself included.
struct hop {
    ssh_remote to; ///< `name` begins the texts: the remote's, or "jump host H"
    user_config config;
    /// "10.0.0.5 port 22"
    [[nodiscard]] std::string address() const {
        return config.host_name + " port " + std::to_string(config.port);
    }
    /// The server as one of all: the same address may be another machine behind another jump host.
    template <class Jump>
    [[nodiscard]] std::string server(const Jump* through) const {
        return address() + " " + config.proxy_command + (through ? through->label() : "");
    }
};

} // namespace outrider::ssh
