#pragma once

#include <boost/describe.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The commands of the engine: plain described structs that a client (the CLI, later the HTTP API)
/// fills in and submits. Names and meaning follow Guild AI 0.9 where it has the command. No field
/// is checked before the engine gets it.
namespace outrider {

/// Where a command comes from. A service in another place must answer as the process itself would.
struct command_context {
    std::string directory;                          ///< absolute working directory
    std::map<std::string, std::string> environment; ///< of the caller
    std::string guild_home;   ///< from -H, or empty: found by the rules of the format
    bool assume_yes = false;  ///< do not ask
    bool at_terminal = false; ///< a person types the answers: standard input is a terminal
};
BOOST_DESCRIBE_STRUCT(command_context, (),
                      (directory, environment, guild_home, assume_yes, at_terminal))

/// `run [-r REMOTE] [OPERATION] [FLAG=VALUE…]`
struct run_command {
    std::string remote;             ///< empty: this machine
    std::string operation;          ///< empty: the default operation of the project
    std::vector<std::string> flags; ///< NAME=VALUE as typed
    std::optional<std::string> label;
    std::vector<std::string> tags;
    bool no_wait = false; ///< do not follow the output
};
BOOST_DESCRIBE_STRUCT(run_command, (), (remote, operation, flags, label, tags, no_wait))

/// How runs are chosen: filters first, then RUN arguments (index, range, id or prefix).
struct run_selection {
    std::vector<std::string> runs;
};
BOOST_DESCRIBE_STRUCT(run_selection, (), (runs))

/// `runs [list] [-r REMOTE]`
struct list_command {
    std::string remote;
    run_selection selection;
    std::int64_t limit = 20; ///< rows; 0: all
    bool deleted = false;    ///< the trash
};
BOOST_DESCRIBE_STRUCT(list_command, (), (remote, selection, limit, deleted))

/// `runs rm|delete [-r REMOTE] [RUN…]`; no RUN: all that match.
struct delete_command {
    std::string remote;
    run_selection selection;
    bool permanent = false;
};
BOOST_DESCRIBE_STRUCT(delete_command, (), (remote, selection, permanent))

/// `watch [-r REMOTE] [RUN]`; no RUN: the newest running one.
struct watch_command {
    std::string remote;
    run_selection selection;
};
BOOST_DESCRIBE_STRUCT(watch_command, (), (remote, selection))

/// `stop [-r REMOTE] [RUN…]`; no RUN: all that are running.
struct stop_command {
    std::string remote;
    run_selection selection;
    bool force = false;
    std::int64_t timeout_seconds = 30;
    bool no_wait = false; ///< `-n`: return once the signal was sent
};
BOOST_DESCRIBE_STRUCT(stop_command, (), (remote, selection, force, timeout_seconds, no_wait))

/// `ls [-r REMOTE] [RUN]`; no RUN: the newest.
struct ls_command {
    std::string remote;
    run_selection selection;
    std::string path; ///< `-p`: prefix or pattern
    bool all = false; ///< hidden ones too
    bool follow_links = false;
};
BOOST_DESCRIBE_STRUCT(ls_command, (), (remote, selection, path, all, follow_links))

/// `cat [-r REMOTE] [RUN] -p PATH`; no RUN: the newest.
struct cat_command {
    std::string remote;
    run_selection selection;
    std::string path;
    bool output = false; ///< the run's output instead of a path
};
BOOST_DESCRIBE_STRUCT(cat_command, (), (remote, selection, path, output))

/// `pull REMOTE [RUN…]`; no RUN: all there.
struct pull_command {
    std::string remote;
    run_selection selection;
    bool delete_extra = false; ///< `-d`: remove local files that are gone there
};
BOOST_DESCRIBE_STRUCT(pull_command, (), (remote, selection, delete_extra))

/// `remotes`
struct remotes_command {};
BOOST_DESCRIBE_STRUCT(remotes_command, (), ())

/// `remote status REMOTE`
struct remote_status_command {
    std::string remote;
};
BOOST_DESCRIBE_STRUCT(remote_status_command, (), (remote))

using command =
    std::variant<run_command, list_command, delete_command, watch_command, stop_command, ls_command,
                 cat_command, pull_command, remotes_command, remote_status_command>;

} // namespace outrider
