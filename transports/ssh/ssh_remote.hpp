#pragma once

#include "engine/config/remote_type.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace outrider {

/// What to do with a host key that is not on record. A changed one is always refused.
BOOST_DEFINE_ENUM_CLASS(host_key_policy,
                        inherit,    ///< as StrictHostKeyChecking of the ssh configuration says
                        strict,     ///< refuse
                        accept_new, ///< record it and go on
                        ask)        ///< ask the person; refuse where nobody can answer

/// A machine as SSH reaches it: a remote of the type, or a jump host on the way to one. What is not
/// set is left to the ssh configuration.
struct ssh_remote {
    std::string name; ///< begins the texts about it
    std::string host; ///< name, address or alias
    std::optional<std::uint16_t> port;
    std::optional<std::string> user;
    std::optional<std::string> private_key;      ///< absolute path
    std::optional<std::string> proxy;            ///< ProxyCommand
    std::optional<std::int64_t> connect_timeout; ///< seconds
    std::optional<std::string> known_hosts; ///< absolute path; replaces the user's and global files
    host_key_policy host_keys = host_key_policy::inherit;
    /// Absolute path of an ssh configuration to use instead of the user's, or "none".
    std::optional<std::string> ssh_config;
    /// Absolute path of the control socket of an `ssh` that the user started: instead of all else.
    std::optional<std::string> control;
};

/// `type: ssh`: its keys, and the spec `ssh:[USER@]HOST[:PORT][:ENV_PATH]`.
[[nodiscard]] const remote_type& ssh_remote_type();

/// What the settings of a remote of that type say, once they were checked.
[[nodiscard]] ssh_remote ssh_remote_of(const remote& to);
/// The other way round: the remote that has these settings, and all else by default.
[[nodiscard]] remote remote_of(const ssh_remote& to);

} // namespace outrider
