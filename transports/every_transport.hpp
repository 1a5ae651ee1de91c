#pragma once

#include "engine/engine.hpp"
#include "engine/remotes/transport.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace outrider {

/// One of each transport of this folder: the types of remotes that there are.
[[nodiscard]] std::vector<std::unique_ptr<transport>> every_transport();

/// An engine that knows every transport of this folder.
[[nodiscard]] std::unique_ptr<engine> make_engine();

struct http_server_options;
/// An engine that is the service of the user, with its server; `environment` is the service's own.
[[nodiscard]] std::unique_ptr<engine>
make_service_engine(http_server_options how, const std::map<std::string, std::string>& environment);

/// An engine for the commands of one process, and what a person should know of it.
struct opened_engine {
    std::unique_ptr<engine_access> access;
    std::string note; ///< a service is there and could not be used; or empty
};
/// The service of the user, if one runs and is of this build; else an engine in this process.
/// `OUTRIDER_SERVICE=none` in the environment leaves a service alone.
[[nodiscard]] opened_engine open_engine(const std::map<std::string, std::string>& environment);

} // namespace outrider
