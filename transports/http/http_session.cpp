#include "transports/http/http_session.hpp"

#include "transports/http/routes.hpp"

#include <algorithm>

namespace outrider {
namespace {

http_answer no_such_route(const no_route& none, const http_request& asked) {
    if (none.allowed.empty()) {
        return error_answer(404, "not_found", "there is nothing at this path");
    }
    auto answer =
        error_answer(405, "bad_input", "this path takes " + none.allowed + ", not " + asked.method);
    answer.headers.emplace_back("Allow", none.allowed);
    return answer;
}

// Whether a request that came through the port carries the cookie of a session.
bool is_logged_in(server_state& state, const http_request& asked) {
    const auto now = std::chrono::steady_clock::now();
    const auto cookies = cookies_in(asked.cookie, state.port_check->cookie_name());
    return std::ranges::any_of(cookies, [&](auto each) { return state.logins.knows(each, now); });
}

awaitable<void> serve_request(server_state& state, http_stream& stream, const http_request& asked,
                              bool through_port) {
    auto target = read_target(asked.target);
    if (!target) {
        std::ignore = co_await stream.send(error_answer(target.error()));
        co_return;
    }
    auto looked_up = find_route(asked.method, *target);
    auto* found = std::get_if<found_route>(&looked_up);
    if (through_port) {
        const bool open = found != nullptr && found->row->open;
        const auto refused = state.port_check->refusal(asked, open, is_logged_in(state, asked));
        if (refused) {
            std::ignore = co_await stream.send(*refused);
            co_return;
        }
    }
    if (found == nullptr) {
        std::ignore = co_await stream.send(no_such_route(std::get<no_route>(looked_up), asked));
        co_return;
    }
    co_await found->row->handle(state, {.stream = stream,
                                        .asked = asked,
                                        .target = std::move(*target),
                                        .id = std::move(found->id)});
}

} // namespace

awaitable<void> serve_connection(server_state& state, http_stream& stream, bool through_port) {
    for (;;) {
        const auto asked = co_await stream.read();
        if (!asked) {
            co_return;
        }
        co_await serve_request(state, stream, *asked, through_port);
        if (!stream.keeps_alive() || state.stopping) {
            co_return;
        }
    }
}

} // namespace outrider
