#pragma once

#include "engine/commands/session/session.hpp"

#include <string>

namespace outrider {

/// The standing jobs of the service that this command runs in; `unsupported`, with how to start
/// one, where it runs in a process of its own. `what` says why a service is needed: "notifications
/// are sent by a service".
[[nodiscard]] inline result<standing_job_registry*>
find_standing_jobs(const command_session& session, const std::string& what) {
    auto* const jobs = session.resources().jobs.get();
    if (jobs == nullptr) {
        return failure(errc::unsupported,
                       what + ", and none is running\nTo start one use '{program} serve --detach'");
    }
    return jobs;
}

} // namespace outrider
