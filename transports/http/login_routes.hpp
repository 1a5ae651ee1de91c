#pragma once

#include "transports/http/server_state.hpp"

namespace outrider {

/// `POST /v1/logins`: makes a link that lets one browser in, once:
/// `{"url": "http://127.0.0.1:7878/login?code=…", "seconds": 600}`. `conflict` without a port.
[[nodiscard]] http_answer make_login(server_state& state, const route_call& call);
/// `GET /login?code=…`: turns the code into a session, and sends the browser on to `/`.
[[nodiscard]] http_answer log_in(server_state& state, const route_call& call);
/// `GET /`: what there is to look at.
[[nodiscard]] http_answer front_page(const server_state& state, const route_call& call);

} // namespace outrider
