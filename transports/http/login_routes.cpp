#include "transports/http/login_routes.hpp"

#include <boost/json.hpp>

namespace outrider {
namespace {

// No script, no style, no frame, nothing from anywhere.
constexpr const char* nothing_from_elsewhere =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr const char* page = R"(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Outrider</title></head>
<body>
<h1>Outrider</h1>
<p>This browser is logged in to the service.</p>
<ul>
<li><a href="/v1/service">the service</a></li>
<li><a href="/v1/remotes">remotes</a></li>
<li><a href="/v1/runs">runs of this machine</a>, <a href="/v1/runs?remote=all">of all remotes</a></li>
<li><a href="/metrics">metrics</a></li>
<li><a href="/v1/openapi.json">what else there is</a></li>
</ul>
</body>
</html>
)";

} // namespace

http_answer make_login(server_state& state, const route_call&) {
    if (!state.port_check) {
        return error_answer(409, "conflict",
                            "the service listens on no port\n"
                            "To start one that does use '{program} serve --listen PORT'");
    }
    const auto code = state.logins.add_code(std::chrono::steady_clock::now());
    if (!code) {
        return error_answer(code.error());
    }
    const std::chrono::seconds life = browser_logins::code_life;
    return json_answer(
        {{"url", state.port_check->address() + "/login?code=" + *code}, {"seconds", life.count()}});
}

http_answer log_in(server_state& state, const route_call& call) {
    if (!state.port_check) {
        return error_answer(404, "not_found", "a login is for the port, which there is not");
    }
    http_answer onward{.status = 303, .type = "", .headers = {{"Location", "/"}}};
    if (!call.stream.wants_body()) {
        return onward; // who only looks at the head does not spend the code
    }
    const auto session =
        state.logins.take_code(call.target.text("code"), std::chrono::steady_clock::now());
    if (!session) {
        return error_answer(403, "authentication_failed", session.error().context);
    }
    onward.headers.emplace_back("Set-Cookie", state.port_check->cookie_name() + "=" + *session +
                                                  "; Path=/; HttpOnly; SameSite=Strict");
    return onward;
}

http_answer front_page(const server_state&, const route_call&) {
    return {.body = page,
            .type = "text/html; charset=utf-8",
            .headers = {{"Content-Security-Policy", nothing_from_elsewhere}}};
}

} // namespace outrider
