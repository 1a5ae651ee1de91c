#pragma once

#include "engine/api/run_row.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What is told of the life of runs.
namespace outrider {

struct flag_shown {
    std::string name;
    std::string value; ///< as it stands in labels and previews
};
BOOST_DESCRIBE_STRUCT(flag_shown, (), (name, value))

BOOST_DEFINE_ENUM_CLASS(
    run_stage,
    building_package,        ///< detail: project directory and, on a line of its own, the package
    initializing,            ///< on the remote
    copying_package,         ///< detail: name of the wheel that Guild would copy
    installing_package,      ///< detail: name of that wheel
    installed_package,       ///< detail: name and version of the distribution
    starting,                ///< detail: operation
    started,                 ///< the operation runs
    resolving_run,           ///< of --start, --restart and --proto
    initializing_again,      ///< --start, --restart: on the remote
    installing_requirements) ///< detail: a line about it, of several
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
    std::string operation;
    std::string pidfile;   ///< `run --background`: absolute
    bool glimpsed = false; ///< `watch --no-follow`: it goes on after what was shown
    bool pending = false;  ///< it is a job that had not begun
};
BOOST_DESCRIBE_STRUCT(run_left_running, (),
                      (remote, run_id, detached, operation, pidfile, glimpsed, pending))

struct watch_started {
    std::string remote;
    std::string run_id;
    bool quiet = false;    ///< the watch is part of `run`: say nothing
    std::string operation; ///< of the run
    bool several = false;  ///< one of several watches that go on at the same time
};
BOOST_DESCRIBE_STRUCT(watch_started, (), (remote, run_id, quiet, operation, several))

/// Raw bytes for standard output: of a watched run, or of `cat`.
struct output_bytes {
    std::string bytes;
    std::string run_id; ///< of a watch; otherwise empty
    /// Of a watch with timestamps: when each line that begins in `bytes` was written, ms since the
    /// epoch there.
    std::vector<std::int64_t> line_times_ms;
};
BOOST_DESCRIBE_STRUCT(output_bytes, (), (bytes, run_id, line_times_ms))

/// How far a batch is that is watched.
struct batch_progress {
    std::string remote;
    std::string run_id;
    std::int64_t total = 0; ///< trials that there will be
    std::int64_t done = 0;  ///< that have ended, however
    std::int64_t failed = 0;
    std::int64_t running = 0;
    std::string objective;      ///< the scalar that is looked at, or empty
    std::optional<double> best; ///< value of it
    std::string best_flags;     ///< "lr=0.01", of the trial that has it
};
BOOST_DESCRIBE_STRUCT(batch_progress, (),
                      (remote, run_id, total, done, failed, running, objective, best, best_flags))

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
    std::vector<std::int64_t> survivors; ///< pids that did not go; of a job: its id
    std::string job;                     ///< id of the job that the run is; else empty
};
BOOST_DESCRIBE_STRUCT(stop_progress, (), (remote, run_id, pid, not_running, done, survivors, job))

/// `run --stage`: the run is there and waits.
struct run_staged {
    std::string remote;
    std::string run_id;
    std::string operation;
    std::string directory;            ///< with --run-dir: its absolute path
    std::vector<std::string> command; ///< with --run-dir: what starts the operation there
};
BOOST_DESCRIBE_STRUCT(run_staged, (), (remote, run_id, operation, directory, command))

/// `run --needed`: there is a run already.
struct run_not_needed {
    std::string remote;
    std::vector<std::string> run_ids; ///< that match
    std::vector<run_row> runs;        ///< the same
    bool same_run = false;            ///< the run itself, which was to start again
};
BOOST_DESCRIBE_STRUCT(run_not_needed, (), (remote, run_ids, runs, same_run))

/// `run --print-cmd`, `run --print-env`.
struct command_printed {
    std::vector<std::string> words;                 ///< the command line
    std::map<std::string, std::string> environment; ///< empty unless asked for
};
BOOST_DESCRIBE_STRUCT(command_printed, (), (words, environment))

/// The trials that a batch would have: a row each, cells as previews show values.
struct trials_listed {
    std::vector<std::string> flags; ///< that any of them has, by name
    std::vector<std::vector<std::string>> trials;
};
BOOST_DESCRIBE_STRUCT(trials_listed, (), (flags, trials))

struct operation_flag {
    std::string name;
    std::string description;
    std::string default_value; ///< as previews show it; empty: none
    bool required = false;
    std::string type;
    std::vector<std::string> choices;
    std::vector<std::string> choice_descriptions; ///< one for each choice; may be empty
};
BOOST_DESCRIBE_STRUCT(operation_flag, (),
                      (name, description, default_value, required, type, choices,
                       choice_descriptions))
/// One operation of the project.
struct operation_described {
    std::string name; ///< "op", "model:op"
    std::string description;
    bool is_default = false;
    std::vector<operation_flag> flags;
    std::vector<std::string> dependencies; ///< names of resources
    std::string refused;                   ///< why it cannot be run; empty: it can
};
BOOST_DESCRIBE_STRUCT(operation_described, (),
                      (name, description, is_default, flags, dependencies, refused))
/// Something of a model that has a name and a description.
struct described_item {
    std::string name;
    std::string description;
};
BOOST_DESCRIBE_STRUCT(described_item, (), (name, description))
/// One model of the project.
struct model_described {
    std::string name; ///< empty: of operations without a model
    std::string description;
    bool is_default = false;
    std::vector<std::string> references;
    std::vector<operation_described> operations;
    std::vector<described_item> resources;
};
BOOST_DESCRIBE_STRUCT(model_described, (),
                      (name, description, is_default, references, operations, resources))
/// `run --help-op`: the one operation.
struct operation_help {
    operation_described operation;
};
BOOST_DESCRIBE_STRUCT(operation_help, (), (operation))
/// `operations`
struct operations_listed {
    std::vector<operation_described> operations;
};
BOOST_DESCRIBE_STRUCT(operations_listed, (), (operations))
/// `run --help-model`: the one model.
struct model_help {
    model_described model;
};
BOOST_DESCRIBE_STRUCT(model_help, (), (model))
/// `models`
struct models_listed {
    std::vector<model_described> models;
};
BOOST_DESCRIBE_STRUCT(models_listed, (), (models))
/// `help [PROJECT]`
struct project_help {
    std::string directory; ///< of the project, absolute
    bool here = false;     ///< it is the working directory
    std::vector<model_described> models;
};
BOOST_DESCRIBE_STRUCT(project_help, (), (directory, here, models))

/// How a flag is defined, setting by setting.
struct flag_tested {
    std::string name;
    std::vector<described_item> settings; ///< names and values
};
BOOST_DESCRIBE_STRUCT(flag_tested, (), (name, settings))
/// `run --test-flags`
struct flags_tested {
    std::string flags_dest;
    std::string flags_import;
    std::vector<flag_tested> flags;
};
BOOST_DESCRIBE_STRUCT(flags_tested, (), (flags_dest, flags_import, flags))

/// `run --test-sourcecode`
struct sourcecode_tested {
    std::string root; ///< as the project writes it; empty: the project itself
    std::vector<std::string> rules;
    bool disabled = false; ///< nothing is copied
    std::vector<std::string> selected;
    std::vector<std::string> skipped; ///< directories end in '/'
};
BOOST_DESCRIBE_STRUCT(sourcecode_tested, (), (root, rules, disabled, selected, skipped))

/// What a pattern found in a line of output.
struct pattern_tested {
    std::string pattern;
    std::vector<std::vector<std::string>> matches; ///< the groups of each
    std::vector<described_item> values;            ///< what they give: names and values
};
BOOST_DESCRIBE_STRUCT(pattern_tested, (), (pattern, matches, values))
struct line_tested {
    std::string line;
    std::vector<pattern_tested> patterns;
};
BOOST_DESCRIBE_STRUCT(line_tested, (), (line, patterns))
/// `run --test-output-scalars`, `--test-output-attrs`
struct output_tested {
    bool attributes = false; ///< not scalars
    bool disabled = false;   ///< there is nothing to try
    std::vector<line_tested> lines;
};
BOOST_DESCRIBE_STRUCT(output_tested, (), (attributes, disabled, lines))

/// `wait` is over.
struct runs_waited {
    std::string remote;
    std::vector<run_row> ended;
    std::vector<run_row> left; ///< still running: `--any`, or the time is up
    bool timed_out = false;
};
BOOST_DESCRIBE_STRUCT(runs_waited, (), (remote, ended, left, timed_out))

} // namespace outrider
