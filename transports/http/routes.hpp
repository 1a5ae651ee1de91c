#pragma once

#include "transports/http/request_target.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace outrider {

/// What the server does; each is a path of `openapi.json`.
enum class route {
    healthz,      ///< whether it is there
    metrics,      ///< for Prometheus
    openapi,      ///< the description of these
    service,      ///< what `serve status` shows
    service_stop, ///< ends the service
    commands,     ///< submits one, and streams its events
    interrupt,    ///< of a command
    answers,      ///< to a question of a command
    remotes,
    runs,
    output, ///< of a run
    events, ///< a WebSocket
};

struct route_row {
    const char* method;
    std::string_view path; ///< `{id}` stands for any one segment
    route to;
    bool open = false; ///< needs no token
};
[[nodiscard]] std::span<const route_row> every_route() noexcept;

struct found_route {
    const route_row* row = nullptr;
    std::string id; ///< of the command or the run
};
/// No such path; or none of this method.
struct no_route {
    std::string allowed; ///< the methods of the path: "GET, POST"; empty: there is no such path
};
[[nodiscard]] std::variant<found_route, no_route> find_route(std::string_view method,
                                                             const request_target& target);

} // namespace outrider
