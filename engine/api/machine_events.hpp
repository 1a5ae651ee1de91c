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
