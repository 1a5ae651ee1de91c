#pragma once

#include "engine/api/run_row.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What is told of machines, and of copies between them.
namespace outrider {

/// `pull`, `push` or `sync` begins with a run.
struct run_copying {
    std::string remote;
    std::string run_id;
};
BOOST_DESCRIBE_STRUCT(run_copying, (), (remote, run_id))

/// `sync` looks up a run where it is running.
struct run_resolving {
    std::string remote;
    std::string run_id;
};
BOOST_DESCRIBE_STRUCT(run_resolving, (), (remote, run_id))

/// How far the copying from or to one remote is; a few times a second while it lasts.
struct copy_progress {
    std::string remote;
    std::int64_t runs = 0; ///< that are to be copied
    std::int64_t runs_done = 0;
    std::int64_t files = 0; ///< files, directories and links that are to be copied
    std::int64_t files_done = 0;
    std::int64_t bytes = 0; ///< sizes of those files
    std::int64_t bytes_done = 0;
    std::int64_t bytes_per_second = 0;
    std::optional<std::int64_t> seconds_left; ///< nothing: not known yet
};
BOOST_DESCRIBE_STRUCT(copy_progress, (),
                      (remote, runs, runs_done, files, files_done, bytes, bytes_done,
                       bytes_per_second, seconds_left))

/// A run has been copied, or was found to be equal already.
struct run_copied {
    std::string remote;
    std::string run_id;
    bool unchanged = false;           ///< there was nothing to copy
    std::int64_t files = 0;           ///< files and links that were written
    std::int64_t bytes = 0;           ///< their sizes
    std::int64_t kept_bytes = 0;      ///< of those, what was there already
    std::int64_t live = 0;            ///< files that kept changing while they were read
    std::vector<std::string> missing; ///< files that vanished meanwhile; at most 20
};
BOOST_DESCRIBE_STRUCT(run_copied, (),
                      (remote, run_id, unchanged, files, bytes, kept_bytes, live, missing))

BOOST_DEFINE_ENUM_CLASS(copy_action,
                        create, ///< it is not there yet
                        update, ///< it is there and differs
                        remove) ///< it is gone at the source

/// `--dry-run`: one entry of a run that would be copied or removed.
struct planned_entry {
    copy_action action = copy_action::create;
    std::string path;       ///< in the run; of a directory with '/' at its end
    std::int64_t bytes = 0; ///< its size; 0 unless it is a file
};
BOOST_DESCRIBE_STRUCT(planned_entry, (), (action, path, bytes))
/// `--dry-run`: what would be done for one run. A run with many entries comes in several of these.
struct copy_planned {
    std::string remote;
    std::string run_id;
    std::vector<planned_entry> entries; ///< at most 1000; none: the run is unchanged
};
BOOST_DESCRIBE_STRUCT(copy_planned, (), (remote, run_id, entries))

/// The copying from or to one remote is over, whatever became of it.
struct copy_summary {
    std::string remote;
    bool dry_run = false;        ///< nothing was copied, this is what would be
    std::int64_t copied = 0;     ///< runs
    std::int64_t unchanged = 0;  ///< runs
    std::int64_t left_out = 0;   ///< runs; a note said why
    std::int64_t files = 0;      ///< files and links that were written
    std::int64_t bytes = 0;      ///< their sizes
    std::int64_t sent_bytes = 0; ///< that travelled
    double seconds = 0;
};
BOOST_DESCRIBE_STRUCT(copy_summary, (),
                      (remote, dry_run, copied, unchanged, left_out, files, bytes, sent_bytes,
                       seconds))

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

/// One fact of `check`: "disk_space" and "12.3 GiB free of 100 GiB".
struct machine_fact {
    std::string name;
    std::string value;
};
BOOST_DESCRIBE_STRUCT(machine_fact, (), (name, value))
/// `check`
struct machine_checked {
    std::string remote; ///< empty: this machine
    std::string type;   ///< of the remote
    std::string host;   ///< of the remote
    std::vector<machine_fact> facts;
};
BOOST_DESCRIBE_STRUCT(machine_checked, (), (remote, type, host, facts))

BOOST_DEFINE_ENUM_CLASS(finding_level, good, warning, problem)
/// One finding of `doctor`.
struct finding {
    std::string name; ///< for programs: "clock", "home"
    finding_level level = finding_level::good;
    std::string what; ///< what was looked at and found
    std::string cure; ///< what to do; empty where nothing is wrong
};
BOOST_DESCRIBE_STRUCT(finding, (), (name, level, what, cure))
/// `doctor`
struct machine_examined {
    std::string remote;
    std::vector<finding> findings;
};
BOOST_DESCRIBE_STRUCT(machine_examined, (), (remote, findings))

} // namespace outrider
