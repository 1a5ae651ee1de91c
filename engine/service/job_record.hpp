#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/service_events.hpp"
#include "engine/fleet/run_ends.hpp"
#include "engine/resources/standing_job_registry.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace outrider {

/// The end of a run that is to be told.
struct end_to_tell {
    std::string id;         ///< of the notification: the same in every try
    run_row run;            ///< as it ended
    std::int64_t tries = 0; ///< begun; one of which nobody knows how it went counts too
};
BOOST_DESCRIBE_STRUCT(end_to_tell, (), (id, run, tries))

/// A standing job as its file has it: all that it takes to go on after a restart.
struct job_record {
    static constexpr std::int64_t this_version = 1;

    std::int64_t version = this_version;
    std::string id; ///< 8 hex digits; the name of the file
    job_kind kind = job_kind::notify;
    std::int64_t created_us = 0;
    command_context context; ///< of the command that made it; only what it needs of the environment
    notify_command notify;
    sync_command sync;
    bool named = false;               ///< notify: RUN arguments chose the runs
    std::vector<std::string> runs;    ///< of those: whose end was not seen yet
    run_marks marks;                  ///< notify
    std::vector<end_to_tell> to_tell; ///< notify: the earliest first
    std::int64_t told = 0;
    std::int64_t failed = 0;
};
BOOST_DESCRIBE_STRUCT(job_record, (),
                      (version, id, kind, created_us, context, notify, sync, named, runs, marks,
                       to_tell, told, failed))

/// A job that begins now, under an id of its own.
[[nodiscard]] job_record record_of(standing_job job);

/// The job as clients see it; `trouble` is what it has trouble with at present.
[[nodiscard]] job_row row_of(const job_record& job, const std::string& trouble);

/// Only the variables that finding a configuration, a home and a remote take, and a PATH: a file on
/// disk is no place for others, which may hold secrets.
[[nodiscard]] command_context without_secrets(command_context context);

/// 8 or 32 random hex digits.
[[nodiscard]] std::string new_job_id();
[[nodiscard]] std::string new_notification_id();

} // namespace outrider
