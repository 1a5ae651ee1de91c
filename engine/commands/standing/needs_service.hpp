#pragma once

#include "engine/commands/session/session.hpp"

#include <string>

namespace outrider {

/// The service that this command runs in; `unsupported`, with how to start one, where it runs in a
/// process of its own. `what` says why it is needed: "notifications are sent by a service".
[[nodiscard]] inline result<service_parts*> find_service(const command_session& session,
                                                         const std::string& what) {
    if (session.resources().service == nullptr) {
        return failure(errc::unsupported,
                       what + ", and none is running\nTo start one use '{program} serve --detach'");
    }
    return session.resources().service;
}

} // namespace outrider
