#pragma once

#include "engine/result.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the engine tells about a command, in order, as plain described structs. A client renders
/// them; `command_ended` is always the last. Texts for people are the client's, except in failures
/// and notes.
namespace outrider {

BOOST_DEFINE_ENUM_CLASS(run_state, staged, pending, running, completed, error, terminated)

/// One run as users see it.
struct run_row {
    std::int64_t index = 0; ///< from 1 in the filtered list, newest first; 0: not part of a list
    std::string id;
    std::string operation;                  ///< "gpkg.x/sleep"
    std::string project_directory;          ///< of guildfile, script and import runs; else empty
    std::optional<std::int64_t> started_us; ///< µs since the epoch, UTC
    std::optional<std::int64_t> stopped_us;
    run_state state = run_state::error;
    std::string remote; ///< where a local copy is running: "running (REMOTE)"
    std::string label;
    std::vector<std::string> tags;
    bool marked = false;
    std::optional<std::int64_t> exit_status;
    std::int64_t pid = 0;  ///< of the operation while it runs
    std::string reason;    ///< why it ended, for people; may be empty
    std::string directory; ///< absolute, on the machine that holds it
};
BOOST_DESCRIBE_STRUCT(run_row, (),
                      (index, id, operation, project_directory, started_us, stopped_us, state,
                       remote, label, tags, marked, exit_status, pid, reason, directory))

/// A listing: `rows` is cut at the command's limit, `total` is not.
struct runs_listed {
    std::vector<run_row> rows;
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(runs_listed, (), (rows, total))

struct flag_shown {
    std::string name;
    std::string value; ///< as it stands in labels and previews
};
BOOST_DESCRIBE_STRUCT(flag_shown, (), (name, value))

BOOST_DEFINE_ENUM_CLASS(question_kind, run, remove, remove_permanently, stop, pull, secret)

/// The engine waits for `engine::answer`. Never sent when the context says `assume_yes`, except
/// `secret`.
struct question {
    question_kind kind = question_kind::run;
    std::string remote;            ///< empty: this machine
    std::string operation;         ///< run
    std::vector<flag_shown> flags; ///< run
    std::vector<run_row> runs;     ///< remove, stop, pull
    std::string text;              ///< secret: what to ask
    bool echo = false;             ///< secret: whether the answer may be seen
};
BOOST_DESCRIBE_STRUCT(question, (), (kind, remote, operation, flags, runs, text, echo))

BOOST_DEFINE_ENUM_CLASS(
    run_stage,
    building_package,   ///< detail: project directory and, on a line of its own, the package
    initializing,       ///< on the remote
    copying_package,    ///< detail: name of the wheel that Guild would copy
    installing_package, ///< detail: name of that wheel
    installed_package,  ///< detail: name and version of the distribution
    starting,           ///< detail: operation
    started)            ///< the operation runs
/// A step of `run`.
struct run_progress {
    run_stage stage = run_stage::building_package;
    std::string remote;
    std::string run_id;
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(run_progress, (), (stage, remote, run_id, detail))

/// The run goes on after the command: `run --no-wait`, or a detached watch.
struct run_left_running {
    std::string remote;
    std::string run_id;
    bool detached = false; ///< by an interrupt
};
BOOST_DESCRIBE_STRUCT(run_left_running, (), (remote, run_id, detached))

struct watch_started {
    std::string remote;
    std::string run_id;
    bool quiet = false; ///< the watch is part of `run`: say nothing
};
BOOST_DESCRIBE_STRUCT(watch_started, (), (remote, run_id, quiet))

/// Raw bytes for standard output: of a watched run, or of `cat`.
struct output_bytes {
    std::string bytes;
};
BOOST_DESCRIBE_STRUCT(output_bytes, (), (bytes))

/// A watched run has ended.
struct run_ended {
    std::string remote;
    run_row run;
    bool quiet = false; ///< local `run`: the exit code says it all
};
BOOST_DESCRIBE_STRUCT(run_ended, (), (remote, run, quiet))

/// A stop is about to be sent, was pointless, or is over.
struct stop_progress {
    std::string remote;
    std::string run_id;
    std::int64_t pid = 0;                ///< stopping: of the operation
    bool not_running = false;            ///< the run had ended already
    bool done = false;                   ///< over: `survivors` is final
    std::vector<std::int64_t> survivors; ///< pids that did not go
};
BOOST_DESCRIBE_STRUCT(stop_progress, (), (remote, run_id, pid, not_running, done, survivors))

BOOST_DEFINE_ENUM_CLASS(nothing_to, stop, remove)
/// The selection was empty; not an error.
struct nothing_selected {
    nothing_to what = nothing_to::stop;
};
BOOST_DESCRIBE_STRUCT(nothing_selected, (), (what))

struct runs_deleted {
    std::int64_t count = 0;
    bool permanent = false;
};
BOOST_DESCRIBE_STRUCT(runs_deleted, (), (count, permanent))

/// The files that `ls` chose, in natural order; directories end in '/'.
struct files_listed {
    std::string directory; ///< absolute path of the run there
    std::vector<std::string> paths;
};
BOOST_DESCRIBE_STRUCT(files_listed, (), (directory, paths))

/// `pull` begins with a run.
struct run_copying {
    std::string remote;
    std::string run_id;
};
BOOST_DESCRIBE_STRUCT(run_copying, (), (remote, run_id))

struct remote_row {
    std::string name;
    std::string type;
    std::string description;
};
BOOST_DESCRIBE_STRUCT(remote_row, (), (name, type, description))
struct remotes_listed {
    std::vector<remote_row> rows;
};
BOOST_DESCRIBE_STRUCT(remotes_listed, (), (rows))

/// `remote status` of a machine that answers.
struct remote_available {
    std::string name;
    std::string host;      ///< as configured; may be empty
    std::string host_name; ///< that the machine gives itself
    std::string system;
    std::string home; ///< Guild home there, absolute
};
BOOST_DESCRIBE_STRUCT(remote_available, (), (name, host, host_name, system, home))

/// Something the user should know; `warning` marks what may be wrong.
struct note {
    bool warning = false;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(note, (), (warning, text))

/// The last event. Success has no failure; `exit_status` is the operation's for a local `run`.
struct command_ended {
    std::optional<failure> error;
    std::optional<std::int64_t> exit_status;
};

using event =
    std::variant<runs_listed, question, run_progress, run_left_running, watch_started, output_bytes,
                 run_ended, stop_progress, nothing_selected, runs_deleted, files_listed,
                 run_copying, remotes_listed, remote_available, note, command_ended>;

} // namespace outrider
