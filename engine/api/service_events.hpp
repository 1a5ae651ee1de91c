#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// What is told of the standing jobs of a service.
namespace outrider {

BOOST_DEFINE_ENUM_CLASS(job_kind,
                        sync,   ///< `sync --follow --standing`
                        notify) ///< `notify`
BOOST_DEFINE_ENUM_CLASS(job_state,
                        active, ///< it does its work, or waits for what it is to tell of
                        trying) ///< what it does fails at present and is tried again: `trouble`

/// A job that a service does by itself, also after it was started anew.
struct job_row {
    std::string id;
    job_kind kind = job_kind::notify;
    std::string name;              ///< that a person gave it; may be empty
    std::string remote;            ///< notify: empty: this machine; sync: empty: all
    std::string what;              ///< the command line or URL; of a sync the runs
    std::vector<std::string> runs; ///< notify: ids whose end is still to be told; empty: of all
    std::int64_t created_us = 0;   ///< µs since the epoch
    job_state state = job_state::active;
    std::string trouble;
    std::int64_t told = 0;   ///< notify: ends that were told
    std::int64_t failed = 0; ///< notify: ends that could not be told, and were given up
};
BOOST_DESCRIBE_STRUCT(job_row, (),
                      (id, kind, name, remote, what, runs, created_us, state, trouble, told,
                       failed))

/// A standing job is recorded, and has begun.
struct job_added {
    job_row job;
};
BOOST_DESCRIBE_STRUCT(job_added, (), (job))

/// `jobs`
struct jobs_listed {
    std::vector<job_row> jobs; ///< the oldest first
};
BOOST_DESCRIBE_STRUCT(jobs_listed, (), (jobs))

/// `jobs rm`
struct jobs_removed {
    std::vector<std::string> ids;
};
BOOST_DESCRIBE_STRUCT(jobs_removed, (), (ids))

} // namespace outrider
