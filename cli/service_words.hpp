#pragma once

#include "cli/invocation.hpp"
#include "cli/render/surroundings.hpp"

#include <iosfwd>
#include <map>
#include <string>

namespace outrider::cli {

/// Where the words of `serve` go, and the environment that says where the service is.
struct service_talk {
    const invocation& asked;
    const std::map<std::string, std::string>& environment;
    std::ostream& out;
    std::ostream& err;
};

/// `serve status`: how the service is; the exit code is 1 if there is none.
[[nodiscard]] int tell_service_status(const service_talk& with);
/// `serve stop`: ends the service, of whatever build, and waits until its process is gone.
[[nodiscard]] int stop_service(const service_talk& with);

} // namespace outrider::cli
