#pragma once

#include "engine/api/command_traits.hpp"
#include "engine/api/selection.hpp"

#include <boost/describe.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Commands that change what is recorded of runs that exist.
namespace outrider {

/// `runs rm|delete [-r REMOTE] [RUN…]`; no RUN: all that match.
struct delete_command {
    std::string remote;
    run_selection selection;
    bool permanent = false;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(delete_command, (), (remote, selection, permanent))

/// `runs restore [-r REMOTE] [RUN…]`: from the trash; no RUN: all that match.
struct restore_command {
    std::string remote;
    run_selection selection;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::trash,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(restore_command, (), (remote, selection))

/// `runs purge [-r REMOTE] [RUN…]`: removes from the trash for good; no RUN: all that match.
struct purge_command {
    std::string remote;
    run_selection selection;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::trash,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(purge_command, (), (remote, selection))

BOOST_DEFINE_ENUM_CLASS(label_change, set, prepend, append, remove, clear)
/// `label [-r REMOTE] [RUN…] -s|-p|-a|-rm TEXT | -c`; no RUN: the newest.
struct label_command {
    std::string remote;
    run_selection selection;
    label_change change = label_change::set;
    std::string text;               ///< `${flag}` and `${label}` stand for what the run has
    std::vector<std::string> parts; ///< to remove, each where it stands as words

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(label_command, (), (remote, selection, change, text, parts))

/// `tag [-r REMOTE] [RUN…] -a TAG -d TAG -c -s`; no RUN: the newest.
struct tag_command {
    std::string remote;
    run_selection selection;
    std::vector<std::string> add;
    std::vector<std::string> remove;
    bool clear = false;       ///< all of them, before `add`
    bool sync_labels = false; ///< change the labels as well
    bool list_all = false;    ///< only list the tags that runs have

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(tag_command, (),
                      (remote, selection, add, remove, clear, sync_labels, list_all))

/// `mark [-r REMOTE] [RUN…] [--clear]`; no RUN: the newest; with `--clear` all that are marked.
struct mark_command {
    std::string remote;
    run_selection selection;
    bool clear = false;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(mark_command, (), (remote, selection, clear))

/// `comment [-r REMOTE] [RUN…] -a TEXT | -d N | -c | -l`; no RUN: the newest. Nothing to change:
/// list them.
struct comment_command {
    std::string remote;
    run_selection selection;
    std::optional<std::string> add;
    std::string user;                   ///< `-u`: whose it is, USER[@HOST]; empty: the caller
    std::optional<std::int64_t> remove; ///< index from 1
    bool clear = false;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object_of_runs};
};
BOOST_DESCRIBE_STRUCT(comment_command, (), (remote, selection, add, user, remove, clear))

using edit_commands =
    boost::mp11::mp_list<delete_command, restore_command, purge_command, label_command, tag_command,
                         mark_command, comment_command>;

} // namespace outrider
