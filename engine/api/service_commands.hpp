#pragma once

#include "engine/api/command_traits.hpp"
#include "engine/api/selection.hpp"

#include <boost/describe.hpp>
#include <boost/mp11/list.hpp>

#include <string>
#include <vector>

/// Commands about what a service does by itself. In a process of its own they fail with
/// `unsupported`, and say how a service is started.
namespace outrider {

/// `notify [-r REMOTE] [RUN…]`: tells of the end of these runs; no RUN: of every run there that the
/// filter chooses, for as long as the job stands. One of `program` and `webhook` is set.
struct notify_command {
    std::string remote;
    run_selection selection;
    std::vector<std::string> program; ///< words of a command line; the facts of the run are in its
                                      ///< environment
    std::string webhook;              ///< http or https URL that the facts are posted to
    std::string name;                 ///< by which a person knows the job; may be empty

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(notify_command, (), (remote, selection, program, webhook, name))

/// `jobs`, `jobs rm ID…`: lists the standing jobs, or removes some.
struct jobs_command {
    std::vector<std::string> remove; ///< ids, prefixes of them, or names; empty: list

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(jobs_command, (), (remove))

using service_commands = boost::mp11::mp_list<notify_command, jobs_command>;

} // namespace outrider
