#pragma once

#include <boost/describe.hpp>

#include <map>
#include <string>
#include <string_view>

namespace outrider {

/// The name of the remote that stands for the user's own machine.
inline constexpr std::string_view this_machine_name = "this machine";

/// A machine as `config.yml`, or a spec in the place of its name (`ssh:[USER@]HOST[:PORT][:ENV]`),
/// describes it. Paths of this machine are absolute; paths of the far one are as written.
struct remote {
    std::string name;
    std::string type; ///< the name of its `remote_type`
    std::string description;
    std::string address;               ///< where it is, for people; empty: here
    std::string guild_home = ".guild"; ///< there; relative to the home directory
    std::string venv_path;             ///< virtual environment there, or empty
    std::string venv_activate;         ///< shell code that activates, or empty
    std::string conda_env;             ///< there, or empty
    bool use_prerelease = false;
    std::string init; ///< for `remote start --reinit`
    /// What the type's own keys say, as its `remote_key`s have it. Its transport alone reads it.
    std::map<std::string, std::string> settings;
    bool downloads_here = false; ///< `downloads: here`: what runs require is fetched here and sent

    /// Shell code that activates the environment there: `venv-activate`, else conda, else the
    /// virtual environment; empty if there is none.
    [[nodiscard]] std::string activation() const;
};
BOOST_DESCRIBE_STRUCT(remote, (),
                      (name, type, description, address, guild_home, venv_path, venv_activate,
                       conda_env, use_prerelease, init, settings, downloads_here))

} // namespace outrider
