#pragma once

#include "engine/api/selection.hpp"

#include <boost/describe.hpp>

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
};
BOOST_DESCRIBE_STRUCT(notify_command, (), (remote, selection, program, webhook, name))

/// `jobs`, `jobs rm ID…`: lists the standing jobs, or removes some.
struct jobs_command {
    std::vector<std::string> remove; ///< ids, prefixes of them, or names; empty: list
};
BOOST_DESCRIBE_STRUCT(jobs_command, (), (remove))

} // namespace outrider
