#pragma once

#include "engine/agent/server/background_work.hpp"
#include "engine/agent/server/directory_watches.hpp"
#include "engine/agent/server/job.hpp"
#include "engine/agent/server/run_launcher.hpp"
#include "engine/protocol/messages.hpp"

#include <memory>
#include <string>

namespace outrider::agent {

/// What every request of one agent process shares.
struct agent_context {
    protocol::machine_facts machine; ///< of this machine; `time_us` is when the agent started
    std::string executable;          ///< absolute path of this agent
    std::string build;               ///< content hash of the executable
    std::string activated; ///< activation code whose environment this process has; or empty
    /// What starts the runs of this agent; the program chooses it.
    std::shared_ptr<run_launcher> launcher;
    /// What goes on beside the requests; may be none.
    std::shared_ptr<background_work> background;
    /// All runs are started as processes here, whatever they were before: by a parent.
    bool starts_processes_only = false;
    /// Directories that jobs watch.
    std::shared_ptr<directory_watches> watches = std::make_shared<directory_watches>();
};

/// Makes the job of a request; each request has one such function, named `make_REQUEST_job`, in the
/// file of the same name, and one row in the table of `dispatch.cpp`.
template <class Request>
using job_factory = std::unique_ptr<job> (*)(const agent_context&, Request, reply_channel);

} // namespace outrider::agent
