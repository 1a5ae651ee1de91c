#pragma once

#include "engine/api/engine_access.hpp"
#include "transports/http/service_connection.hpp"

#include <map>
#include <memory>
#include <string>

namespace outrider {

/// Looks for the service of the user and gives an engine whose commands it performs, with the same
/// events as an engine in this process. Fails with `not_found` where none is running, `unsupported`
/// where it is of another build, `permission_denied` where it is not the user's.
[[nodiscard]] result<std::unique_ptr<engine_access>>
find_service(const std::map<std::string, std::string>& environment);

/// The body of a good answer; otherwise the failure that it tells.
[[nodiscard]] result<std::string> good_body(result<service_connection::reply> answered);

} // namespace outrider
