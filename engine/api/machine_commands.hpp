#pragma once

#include "engine/api/command_traits.hpp"
#include "engine/api/selection.hpp"

#include <boost/describe.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <string>

/// Commands about machines, and about copies between them.
namespace outrider {

/// `pull REMOTE [RUN…]`; no RUN: all there.
struct pull_command {
    std::string remote;
    run_selection selection;
    bool delete_extra = false; ///< `-d`: remove local files that are gone there
    bool dry_run = false;      ///< only tell what would be copied

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::here,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::events};
};
BOOST_DESCRIBE_STRUCT(pull_command, (), (remote, selection, delete_extra, dry_run))

/// `push REMOTE [RUN…]`; no RUN: all here.
struct push_command {
    std::string remote;
    run_selection selection;
    bool delete_extra = false; ///< `-n`, `--delete`: remove far files that are gone here
    bool dry_run = false;      ///< only tell what would be copied

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::this_machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::there,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::events};
};
BOOST_DESCRIBE_STRUCT(push_command, (), (remote, selection, delete_extra, dry_run))

/// `sync [RUN…]`: pulls the local copies of runs that are running elsewhere.
struct sync_command {
    run_selection selection;
    bool follow = false;               ///< `-w`, `--follow`: until no run is left that runs
    std::int64_t interval_seconds = 0; ///< `--follow`: at most one update of a run in so many
                                       ///< seconds; 0: as its files change
    bool dry_run = false;              ///< only tell what would be copied
    std::string remote;                ///< `-r`: only copies of these remotes; empty: of all
    bool standing = false;             ///< with `follow`: a service does it, also after a restart

    static constexpr command_traits traits{.remotes = remote_rule::filter,
                                           .runs = run_source::this_machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::here,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::events};
};
BOOST_DESCRIBE_STRUCT(sync_command, (),
                      (selection, follow, interval_seconds, dry_run, remote, standing))

/// `remotes`
struct remotes_command {
    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(remotes_command, (), ())

/// `remote status REMOTE`
struct remote_status_command {
    std::string remote;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::document,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(remote_status_command, (), (remote))

/// `remote start REMOTE [--reinit]`
struct remote_start_command {
    std::string remote;
    bool reinit = false; ///< run the remote's `init` command

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::events};
};
BOOST_DESCRIBE_STRUCT(remote_start_command, (), (remote, reinit))

/// `remote stop REMOTE`
struct remote_stop_command {
    std::string remote;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(remote_stop_command, (), (remote))

/// `check [-r REMOTE]`: versions, home, python, platform, disk, GPUs, clock.
struct check_command {
    std::string remote;
    std::string version; ///< what the version of Guild has to be, as in `>=0.9,<1`; empty: any

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::document,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(check_command, (), (remote, version))

/// `doctor [REMOTE]`: what would go wrong there, each with its cure; no REMOTE: this machine.
struct doctor_command {
    std::string remote;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::document,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(doctor_command, (), (remote))

/// `download URL`: into the resource cache of this machine.
struct download_command {
    std::string url;

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(download_command, (), (url))

using machine_commands =
    boost::mp11::mp_list<pull_command, push_command, sync_command, remotes_command,
                         remote_status_command, remote_start_command, remote_stop_command,
                         check_command, doctor_command, download_command>;

} // namespace outrider
