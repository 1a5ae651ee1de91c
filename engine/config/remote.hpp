#pragma once

#include <boost/describe.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// The name of the remote that stands for the user's own machine.
inline constexpr std::string_view this_machine_name = "this machine";

/// What to do with a host key that is not on record. A changed one is always refused.
BOOST_DEFINE_ENUM_CLASS(host_key_policy,
                        inherit,    ///< as StrictHostKeyChecking of the ssh configuration says
                        strict,     ///< refuse
                        accept_new, ///< record it and go on
                        ask)        ///< ask the person; refuse where nobody can answer

/// A machine as `config.yml` or an inline spec (`ssh:[USER@]HOST[:PORT][:ENV]`) describes it.
/// Paths of this machine are absolute; paths of the far one are as written.
struct remote {
    std::string name;
    std::string type; ///< "ssh" or "local"
    std::string description;
    std::string host;                       ///< name, address or alias of the ssh configuration
    std::optional<std::uint16_t> port;      ///< overrides the ssh configuration
    std::optional<std::string> user;        ///< overrides the ssh configuration
    std::optional<std::string> private_key; ///< absolute path
    std::optional<std::string> proxy;       ///< ProxyCommand
    std::optional<std::int64_t> connect_timeout; ///< seconds
    std::string guild_home = ".guild";           ///< there; relative to the home directory
    std::string venv_path;                       ///< virtual environment there, or empty
    std::string venv_activate;                   ///< shell code that activates, or empty
    std::string conda_env;                       ///< there, or empty
    bool use_prerelease = false;
    std::string init;                       ///< for `remote start --reinit`
    std::optional<std::string> known_hosts; ///< absolute path; replaces the user's and global files
    host_key_policy host_keys = host_key_policy::inherit;
    /// Absolute path of an ssh configuration to use instead of the user's, or "none".
    std::optional<std::string> ssh_config;

    /// Shell code that activates the environment there: `venv-activate`, else conda, else the
    /// virtual environment; empty if there is none.
    [[nodiscard]] std::string activation() const;
};
BOOST_DESCRIBE_STRUCT(remote, (),
                      (name, type, description, host, port, user, private_key, proxy,
                       connect_timeout, guild_home, venv_path, venv_activate, conda_env,
                       use_prerelease, init, known_hosts, host_keys, ssh_config))

/// The remote that stands for this machine.
[[nodiscard]] remote this_machine(const std::string& guild_home);

} // namespace outrider
