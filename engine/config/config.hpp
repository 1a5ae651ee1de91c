#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"
#include "engine/config/remote_type.hpp"
#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <vector>

namespace outrider {

class config_memory;

/// The user's `config.yml`, with every `extends` resolved.
struct config {
    std::string path; ///< absolute; the file may be missing, then `data` is empty
    boost::json::object data;
    std::string home;                               ///< of the user, for `~`
    std::map<std::string, std::string> environment; ///< for `$VAR`
};

/// Reads the configuration of a command: the first of `$GUILD_CONFIG`, `guild-config.yml` in the
/// working directory, `config.yml` of the Guild home, `~/.guild/config.yml`. Fails with
/// `bad_input` and the file's line where the file does not make sense.
[[nodiscard]] result<config> load_config(const command_context& context);
/// The same, of what the file said when it was last read, if it has not changed.
[[nodiscard]] result<config> load_config(const command_context& context, config_memory& memory);

/// The remote of a name, or of a spec `TYPE:…` in its place; the transports say what their types
/// take. In failure texts `{program}` stands for the name that the program was called by.
[[nodiscard]] result<remote> find_remote(const config& from, const remote_types& types,
                                         const std::string& name);

/// All remotes of the configuration by name, as `remotes` shows them.
[[nodiscard]] std::vector<remote_row> list_remotes(const config& from);

/// The names of its groups of remotes, in the order of the file.
[[nodiscard]] std::vector<std::string> list_groups(const config& from);

} // namespace outrider
