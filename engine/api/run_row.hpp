#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

BOOST_DEFINE_ENUM_CLASS(run_state, staged, pending, running, completed, error, terminated)

/// One run as users see it.
struct run_row {
    std::int64_t index = 0; ///< from 1 in the filtered list, newest first; 0: not part of a list
    std::string id;
    std::string operation;                  ///< "gpkg.x/sleep"
    std::string project_directory;          ///< of guildfile, script and import runs; else empty
    std::optional<std::int64_t> started_us; ///< µs since the epoch, UTC
    std::optional<std::int64_t> stopped_us;
    run_state state = run_state::error;
    std::string remote; ///< where a local copy is running: "running (REMOTE)"
    std::string label;
    std::vector<std::string> tags;
    bool marked = false;
    std::optional<std::int64_t> exit_status;
    std::int64_t pid = 0;  ///< of the operation while it runs
    std::string reason;    ///< why it ended, for people; may be empty
    std::string directory; ///< absolute, on the machine that holds it
    std::string held_by;   ///< the remote that holds it, where several were asked; else empty
    std::string job;       ///< id of the job that it is, on a cluster; else empty
    std::string node;      ///< where that job runs or ran; may be empty
};
BOOST_DESCRIBE_STRUCT(run_row, (),
                      (index, id, operation, project_directory, started_us, stopped_us, state,
                       remote, label, tags, marked, exit_status, pid, reason, directory, held_by,
                       job, node))

} // namespace outrider
