#pragma once

#include "engine/api/command_traits.hpp"
#include "engine/api/selection.hpp"

#include <boost/describe.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Commands that look at runs and change nothing.
namespace outrider {

/// `runs [list] [-r REMOTE] [RUN…]`
struct list_command {
    std::string remote;
    run_selection selection;
    std::int64_t limit = 20; ///< rows; 0: all
    bool limited = false;    ///< the person asked for so many: nothing is said about more
    bool deleted = false;    ///< the trash
    std::string archive;     ///< absolute directory or zip file to list instead of a home, or empty
    bool details = false;    ///< `-v`, `--json`: `runs_listed::details` too
    bool comments = false;   ///< `-c`: with comments in the details
    bool fresh = false;      ///< `--fresh`: ask the machines, whatever a service knows of them

    static constexpr command_traits traits{.remotes = remote_rule::together,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::array};
};
BOOST_DESCRIBE_STRUCT(list_command, (),
                      (remote, selection, limit, limited, deleted, archive, details, comments,
                       fresh))

/// `runs info [-r REMOTE] [RUN]`; no RUN: the newest.
struct info_command {
    std::string remote;
    run_selection selection;
    bool deleted = false;       ///< of the trash
    bool comments = false;      ///< `-c`
    bool environment = false;   ///< `-e`
    bool manifest = false;      ///< `-m`
    bool dependencies = false;  ///< `-d`
    bool plugins = false;       ///< `-p`
    bool private_attrs = false; ///< hidden: `opref` and `op` too
    bool all_scalars = false;   ///< `sys/…` too

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::document,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(info_command, (),
                      (remote, selection, deleted, comments, environment, manifest, dependencies,
                       plugins, private_attrs, all_scalars))

/// `select [-r REMOTE] [RUN…]`: prints ids, or one attribute, of the newest or of all that match.
struct select_command {
    std::string remote;
    run_selection selection;
    bool all = false;      ///< `-A`
    std::string min;       ///< the run with the least value of this flag, attribute or scalar
    std::string max;       ///< the run with the greatest
    bool short_id = false; ///< `-s`
    std::string attribute; ///< `-a`: print this attribute instead of the id
    bool path = false;     ///< `-p`: print the run's directory instead of the id

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::document,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(select_command, (),
                      (remote, selection, all, min, max, short_id, attribute, path))

/// `diff [-r REMOTE] [RUN [RUN]]`; no RUN: the two newest; one: that and the one before it.
struct diff_command {
    std::string remote;
    run_selection selection;
    bool output = false;            ///< `-O`
    bool sourcecode = false;        ///< `-s`
    bool environment = false;       ///< `-e`
    bool flags = false;             ///< `-f`
    bool attributes = false;        ///< `-a`
    bool dependencies = false;      ///< `-D`
    std::vector<std::string> paths; ///< `-p`
    bool working = false;           ///< `-w`: a run and the working directory of its project
    std::string directory;          ///< `-d`: a run and this directory, absolute
    std::string program;            ///< `-c`: words of a shell; empty: diff -ru

    static constexpr command_traits traits{.remotes = remote_rule::one,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = true,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(diff_command, (),
                      (remote, selection, output, sourcecode, environment, flags, attributes,
                       dependencies, paths, working, directory, program))

/// `ls [-r REMOTE] [RUN]`; no RUN: the newest. Of the three kinds of files several may be chosen.
struct ls_command {
    std::string remote;
    run_selection selection;
    std::string path; ///< `-p`: prefix or pattern
    bool all = false; ///< hidden ones too
    bool follow_links = false;
    bool sourcecode = false;   ///< `-s`
    bool dependencies = false; ///< `-d`
    bool generated = false;    ///< `-g`

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::document,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(ls_command, (),
                      (remote, selection, path, all, follow_links, sourcecode, dependencies,
                       generated))

/// A part of a run's output, for clients that show what they need.
struct output_range {
    std::int64_t from = 0;          ///< offset of the first byte
    std::optional<std::int64_t> to; ///< offset behind the last byte; nothing: to the end
    bool follow = false;            ///< and what is written until the run ends
};
BOOST_DESCRIBE_STRUCT(output_range, (), (from, to, follow))

/// `cat [-r REMOTE] [RUN] -p PATH`; no RUN: the newest.
struct cat_command {
    std::string remote;
    run_selection selection;
    std::string path;
    bool output = false;     ///< the run's output instead of a path
    bool sourcecode = false; ///< `-s`: `path` is relative to the source code
    /// Of the output, these bytes alone. One machine at a time; an empty `output_bytes` says that
    /// the run was found.
    std::optional<output_range> range;

    static constexpr command_traits traits{.remotes = remote_rule::one_or_each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::document,
                                           .json = json_form::object};
    /// A range is of one run: of which of several machines would it be?
    [[nodiscard]] bool takes_one_machine() const { return range.has_value(); }
};
BOOST_DESCRIBE_STRUCT(cat_command, (), (remote, selection, path, output, sourcecode, range))

/// `open [RUN] [-p PATH]`: shows a run, or a file of it, with a program of this machine.
struct open_command {
    std::string remote; ///< refused: only what is on this machine can be opened
    run_selection selection;
    std::string path;
    bool sourcecode = false;
    bool output = false;
    bool shell = false;  ///< a shell in that directory
    std::string program; ///< `-c`: words of a shell; empty: what the desktop opens it with

    static constexpr command_traits traits{.remotes = remote_rule::one,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = true,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(open_command, (),
                      (remote, selection, path, sourcecode, output, shell, program))

using query_commands = boost::mp11::mp_list<list_command, info_command, select_command,
                                            diff_command, ls_command, cat_command, open_command>;

} // namespace outrider
