#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/protocol/slot.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/run_paths.hpp"

#include <boost/describe.hpp>

#include <string>
#include <vector>

namespace outrider::agent {

/// What starts the operation of a prepared run: `.guild/outrider/start.json`. The environment that
/// the operation gets is not in it: the supervisor inherits it.
struct start_record {
    std::vector<std::string> command; ///< resolved
    std::string python_exe;           ///< whose version belongs into `platform`; may be empty
    std::string cache_directory;
    bool platform_given = false;            ///< the `platform` attribute is there already
    std::string user;                       ///< whose logout could end the supervisor (logout.hpp)
    std::string token;                      ///< of the `start_staged` that this start belongs to
    std::vector<protocol::held_slot> slots; ///< that the supervisor takes before anything else
    /// What was asked for, less attributes and manifest, so that any agent can start it later.
    protocol::start_run request;
};
BOOST_DESCRIBE_STRUCT(start_record, (),
                      (command, python_exe, cache_directory, platform_given, user, token, slots,
                       request))

/// Writes the record, readable by its owner only. What is secret in the environment of the request
/// is left out; a run that waits (staged, or the pending child of a batch) cannot do without, and
/// has it in a file of its own beside the record
/// (`secrets.json`), which never leaves this home: no copy, export or archive takes it along.
[[nodiscard]] result<> write_start_record(const run_paths& run, start_record record);
[[nodiscard]] result<start_record> read_start_record(const run_paths& run);

/// Writes what has to be on disk before the operation of this supervisor executes: `started`,
/// `env` (without `secrets`), identity and `LOCK`; then the run is no longer staged or pending.
[[nodiscard]] result<> record_running(const run_paths& run, process_mark operation,
                                      const std::vector<std::string>& secrets);

} // namespace outrider::agent
