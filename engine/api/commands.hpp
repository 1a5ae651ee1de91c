#pragma once

#include "engine/api/edit_commands.hpp"
#include "engine/api/machine_commands.hpp"
#include "engine/api/query_commands.hpp"
#include "engine/api/run_commands.hpp"
#include "engine/api/service_commands.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <variant>

/// The commands of the engine: plain described structs that a client (the CLI, later the HTTP API)
/// fills in and submits. Names and meaning follow Guild AI 0.9 where it has the command. No field
/// is checked before the engine gets it. `remote` names the machine: empty for this one, one
/// remote, or several (`a,b`, `gpu*`, `@group`, `all`), on each of which the command is then done.
namespace outrider {

/// Where a command comes from. A service in another place must answer as the process itself would.
struct command_context {
    std::string directory;                          ///< absolute working directory
    std::map<std::string, std::string> environment; ///< of the caller
    std::string guild_home;        ///< from -H, or empty: found by the rules of the format
    bool assume_yes = false;       ///< do not ask
    bool at_terminal = false;      ///< a person types the answers: standard input is a terminal
    std::int64_t connections = 32; ///< `--connections`: in the making at the same time
};
BOOST_DESCRIBE_STRUCT(command_context, (),
                      (directory, environment, guild_home, assume_yes, at_terminal, connections))

using command = std::variant<
    // run_commands.hpp
    run_command, watch_command, wait_command, stop_command, operations_command,
    // query_commands.hpp
    list_command, info_command, select_command, diff_command, ls_command, cat_command, open_command,
    // edit_commands.hpp
    delete_command, restore_command, purge_command, label_command, tag_command, mark_command,
    comment_command,
    // machine_commands.hpp
    pull_command, push_command, sync_command, remotes_command, remote_status_command,
    remote_start_command, remote_stop_command, check_command, doctor_command,
    // service_commands.hpp
    notify_command, jobs_command>;

} // namespace outrider
