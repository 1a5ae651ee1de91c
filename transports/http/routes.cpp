#include "transports/http/routes.hpp"

#include "transports/http/command_routes.hpp"
#include "transports/http/event_route.hpp"
#include "transports/http/fact_routes.hpp"
#include "transports/http/login_routes.hpp"
#include "transports/http/query_routes.hpp"

#include <concepts>
#include <utility>

namespace outrider {
namespace {

// The handler of a route whose answer is sent as a whole.
template <auto Answer>
awaitable<void> whole(server_state& state, route_call call) {
    if constexpr (std::same_as<decltype(Answer(state, call)), http_answer>) {
        std::ignore = co_await call.stream.send(Answer(state, call)); // or the client is gone
    } else {
        const auto answer = co_await Answer(state, call);
        std::ignore = co_await call.stream.send(answer); // or the client is gone
    }
}

constexpr route_row rows[] = {
    {"GET", "/", whole<front_page>},
    {"GET", "/healthz", whole<say_healthy>, true},
    {"GET", "/login", whole<log_in>, true},
    {"GET", "/metrics", whole<tell_metrics>},
    {"GET", "/v1/openapi.json", whole<describe_api>},
    {"POST", "/v1/logins", whole<make_login>},
    {"GET", "/v1/service", whole<describe_service>},
    {"POST", "/v1/service/stop", whole<stop_service>},
    {"POST", "/v1/commands", perform_command},
    {"DELETE", "/v1/commands/{id}", whole<interrupt_command>},
    {"POST", "/v1/commands/{id}/answers", whole<answer_question>},
    {"GET", "/v1/remotes", whole<list_remotes>},
    {"GET", "/v1/runs", whole<list_runs>},
    {"GET", "/v1/runs/{id}/output", send_output},
    {"GET", "/v1/events", tell_news},
};

bool matches(std::string_view pattern, const std::vector<std::string>& path, std::string& id) {
    for (const auto& segment : path) {
        pattern.remove_prefix(pattern.starts_with('/') ? 1 : 0);
        const auto expected = pattern.substr(0, pattern.find('/'));
        if (expected == "{id}") {
            id = segment;
        } else if (expected.empty() || expected != segment) {
            return false;
        }
        pattern.remove_prefix(expected.size());
    }
    return pattern.empty() || (path.empty() && pattern == "/");
}

} // namespace

std::span<const route_row> every_route() noexcept {
    return rows;
}

std::variant<found_route, no_route> find_route(std::string_view method,
                                               const request_target& target) {
    no_route none;
    for (const auto& row : rows) {
        std::string id;
        if (!matches(row.path, target.path, id)) {
            continue;
        }
        const std::string_view own = row.method;
        if (own == method || (own == "GET" && method == "HEAD")) {
            return found_route{.row = &row, .id = std::move(id)};
        }
        none.allowed += (none.allowed.empty() ? "" : ", ") + std::string(own);
        none.allowed += own == "GET" ? ", HEAD" : "";
    }
    return none;
}

} // namespace outrider
