#pragma once

#include "engine/api/command_traits.hpp"
#include "engine/api/selection.hpp"

#include <boost/describe.hpp>
#include <boost/mp11/list.hpp>

#include <string>
#include <vector>

/// Commands that take runs of this machine, or files of them, out of their home, and bring them
/// back.
namespace outrider {

/// `export LOCATION [RUN…]`: to a directory, or a file that ends in `.zip`; no RUN: all that match.
struct export_command {
    std::string location;
    run_selection selection;
    bool move = false;
    bool copy_resources = false; ///< what links lead to instead of the links

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::this_machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(export_command, (), (location, selection, move, copy_resources))

/// `import ARCHIVE [RUN…]`: from a directory, a zip file or a named archive; no RUN: all that
/// match.
struct import_command {
    std::string archive;
    run_selection selection;
    bool move = false;
    bool copy_resources = false; ///< what links lead to instead of the links

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::this_machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(import_command, (), (archive, selection, move, copy_resources))

/// `archive NAME [RUN…]`: to an archive that has a name; no RUN: all that match. `archive --list`.
struct archive_command {
    std::string name;
    run_selection selection;
    bool create = false; ///< make the archive if there is none
    bool copy = false;   ///< do not move
    std::string description;
    bool list = false;    ///< only list the archives
    bool verbose = false; ///< with `list`: their places, too

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::this_machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(archive_command, (),
                      (name, selection, create, copy, description, list, verbose))

/// `merge [RUN]`: copies files of a run into its project; no RUN: the newest.
struct merge_command {
    run_selection selection;
    std::string target; ///< `-t`: directory to copy to; empty: the project, which is the caller's
    bool sourcecode = false;          ///< `-s`: only source code
    bool all = false;                 ///< `-a`: what came from elsewhere too
    std::vector<std::string> exclude; ///< `-x`: patterns of what is left out
    bool preview = false;             ///< `-p`: only tell what would be copied
    bool replace = false;             ///< replace what is not committed to git
    bool no_replace = false;          ///< replace nothing

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::this_machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(merge_command, (),
                      (selection, target, sourcecode, all, exclude, preview, replace, no_replace))

using archive_commands =
    boost::mp11::mp_list<export_command, import_command, archive_command, merge_command>;

} // namespace outrider
