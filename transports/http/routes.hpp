#pragma once

#include "transports/http/server_state.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace outrider {

/// One thing that the server does; each is a path of `openapi.json`.
struct route_row {
    const char* method;    ///< a route of GET answers to HEAD as well
    std::string_view path; ///< `{id}` stands for any one segment
    awaitable<void> (*handle)(server_state& state, route_call call); ///< sends one answer
    bool open = false;                                               ///< needs no token
};
[[nodiscard]] std::span<const route_row> every_route() noexcept;

struct found_route {
    const route_row* row = nullptr;
    std::string id; ///< of the command or the run
};
/// No such path; or none of this method.
struct no_route {
    std::string allowed; ///< the methods of the path: "GET, HEAD"; empty: there is no such path
};
[[nodiscard]] std::variant<found_route, no_route> find_route(std::string_view method,
                                                             const request_target& target);

} // namespace outrider
