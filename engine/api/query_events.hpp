#pragma once

#include "engine/api/run_events.hpp"
#include "engine/api/run_row.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What commands that look at runs find.
namespace outrider {

/// A comment on a run.
struct run_comment {
    std::string body;
    std::string host;
    std::string user;
    std::int64_t time_us = 0; ///< µs since the epoch, UTC
};
BOOST_DESCRIBE_STRUCT(run_comment, (), (body, host, user, time_us))

/// A series of scalars of one tag: "loss", or "train#loss" where the event files stand below
/// `train`. Least, greatest and mean are of the values that are numbers.
struct scalar_summary {
    std::string tag;
    double last = 0;
    std::int64_t last_step = 0;
    double first = 0;
    std::int64_t first_step = 0;
    double least = 0;
    std::int64_t least_step = 0;
    double greatest = 0;
    std::int64_t greatest_step = 0;
    double mean = 0;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(scalar_summary, (),
                      (tag, last, last_step, first, first_step, least, least_step, greatest,
                       greatest_step, mean, count))

struct dependency_shown {
    std::string resource;
    std::string source;
    std::string uri;
    std::vector<std::string> paths;
    std::string config; ///< that the user or a default supplied; may be empty
};
BOOST_DESCRIBE_STRUCT(dependency_shown, (), (resource, source, uri, paths, config))

/// Everything that is recorded of one run. Parts that were not asked for are empty.
struct run_detail {
    run_row row;
    std::string opref; ///< bytes of .guild/opref
    std::string from;  ///< "gpkg.hello==0.1", or the path of the Guild file
    std::string sourcecode_digest;
    std::string vcs_commit;
    std::vector<std::string> command;
    std::vector<flag_shown> flags;       ///< natural order; values as YAML on one line
    std::vector<flag_shown> proto_flags; ///< of a batch
    std::vector<scalar_summary> scalars;
    std::map<std::string, std::string> attributes; ///< logged by the operation
    std::vector<flag_shown> declared_attributes;   ///< by its definition; values as YAML
    std::vector<run_comment> comments;
    std::map<std::string, std::string> environment;
    std::vector<std::string> manifest_dependencies; ///< paths
    std::vector<std::string> manifest_sourcecode;   ///< paths
    std::vector<dependency_shown> dependencies;
    std::vector<std::string> plugins;
    std::string op;    ///< YAML text of attrs/op, if asked for
    std::string batch; ///< directory of the prototype of a batch, or empty
};
BOOST_DESCRIBE_STRUCT(run_detail, (),
                      (row, opref, from, sourcecode_digest, vcs_commit, command, flags, proto_flags,
                       scalars, attributes, declared_attributes, comments, environment,
                       manifest_dependencies, manifest_sourcecode, dependencies, plugins, op,
                       batch))

/// A machine whose runs a listing tells from memory: a service watches them, and has not just
/// asked.
struct remembered_runs {
    std::string remote;
    std::int64_t confirmed_us = 0; ///< when all of it was true, µs since the epoch here
    std::string trouble; ///< why the machine cannot be asked at present; empty: it is watched
};
BOOST_DESCRIBE_STRUCT(remembered_runs, (), (remote, confirmed_us, trouble))

/// A listing: `rows` is cut at the command's limit, `total` is not. Of several remotes, the times
/// are those of this machine's clock, by which the rows are in order.
struct runs_listed {
    std::vector<run_row> rows;
    std::int64_t total = 0;
    std::vector<run_detail> details;  ///< of the same runs, if they were asked for
    std::vector<std::string> remotes; ///< the several remotes that were asked; empty: one machine
    std::vector<remembered_runs> remembered; ///< the machines of which is told from memory
};
BOOST_DESCRIBE_STRUCT(runs_listed, (), (rows, total, details, remotes, remembered))

/// `runs info`
struct run_described {
    std::string remote;
    run_detail run;
    std::string user_home; ///< of the person there, which paths are shown relative to
};
BOOST_DESCRIBE_STRUCT(run_described, (), (remote, run, user_home))

/// `select`: a line each.
struct runs_selected {
    std::vector<std::string> values;
};
BOOST_DESCRIBE_STRUCT(runs_selected, (), (values))

/// What is known of a file that `ls` shows.
struct file_detail {
    std::string mode;             ///< as `ls -l` shows it: "-rw-r--r--"
    std::int64_t size = 0;        ///< bytes
    std::int64_t modified_us = 0; ///< µs since the epoch
    std::string target;           ///< of a link
};
BOOST_DESCRIBE_STRUCT(file_detail, (), (mode, size, modified_us, target))
/// The files that `ls` chose, in natural order; directories end in '/'.
struct files_listed {
    std::string directory; ///< absolute path of the run there
    std::vector<std::string> paths;
    std::vector<file_detail> details; ///< of the same paths
};
BOOST_DESCRIBE_STRUCT(files_listed, (), (directory, paths, details))

/// `open` has found what to open: the client starts this program on its machine and waits for it.
struct program_wanted {
    std::vector<std::string> words; ///< the program and its arguments
    std::string directory;          ///< absolute; where it starts
};
BOOST_DESCRIBE_STRUCT(program_wanted, (), (words, directory))

} // namespace outrider
