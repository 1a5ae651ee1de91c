#include "transports/http/http_session.hpp"

#include "transports/http/command_routes.hpp"
#include "transports/http/event_route.hpp"
#include "transports/http/fact_routes.hpp"
#include "transports/http/query_routes.hpp"
#include "transports/http/routes.hpp"

#include <boost/json.hpp>

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

// The routes whose answer is sent as a whole.
awaitable<http_answer> answer_of(server_state& state, const found_route& found,
                                 request_target target, const http_request& asked) {
    switch (found.row->to) {
    case route::healthz:
        co_return http_answer{.body = "ok\n", .type = "text/plain; charset=utf-8"};
    case route::metrics:
        co_return tell_metrics(state);
    case route::openapi:
        co_return http_answer{.body = std::string(openapi_text())};
    case route::service:
        co_return describe_service(state);
    case route::service_stop:
        co_return stop_service(state, asked.body);
    case route::interrupt:
        co_return interrupt_command(state, found.id);
    case route::answers:
        co_return answer_question(state, found.id, asked.body);
    case route::remotes:
        co_return co_await list_remotes(state);
    case route::runs:
        co_return co_await list_runs(state, std::move(target));
    case route::commands:
    case route::output:
    case route::events:
        break;
    }
    co_return error_answer(500, "internal", "a route without an answer");
}

awaitable<void> serve_request(server_state& state, open_exchange with, bool through_port) {
    auto target = read_target(with.asked.target);
    if (!target) {
        std::ignore = co_await with.stream.send(error_answer(target.error()));
        co_return;
    }
    const auto looked_up = find_route(with.asked.method, *target);
    const auto* found = std::get_if<found_route>(&looked_up);
    if (through_port) {
        const bool open = found != nullptr && found->row->open;
        if (const auto refused = state.port_check->refusal(with.asked, open)) {
            std::ignore = co_await with.stream.send(*refused);
            co_return;
        }
    }
    if (found == nullptr) {
        std::ignore =
            co_await with.stream.send(no_such_route(std::get<no_route>(looked_up), with.asked));
        co_return;
    }
    switch (found->row->to) {
    case route::commands:
        co_await perform_command(state, with);
        break;
    case route::output:
        co_await send_output(state, found->id, std::move(*target), with);
        break;
    case route::events:
        co_await tell_news(state, with);
        break;
    default:
        std::ignore = co_await with.stream.send(
            co_await answer_of(state, *found, std::move(*target), with.asked));
    }
}

} // namespace

awaitable<void> serve_connection(server_state& state, http_stream& stream, bool through_port) {
    for (;;) {
        const auto asked = co_await stream.read();
        if (!asked) {
            co_return;
        }
        co_await serve_request(state, {.stream = stream, .asked = *asked}, through_port);
        if (!stream.keeps_alive() || state.stopping) {
            co_return;
        }
    }
}

} // namespace outrider
