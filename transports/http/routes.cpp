#include "transports/http/routes.hpp"

namespace outrider {
namespace {

constexpr route_row rows[] = {
    {"GET", "/healthz", route::healthz, true},
    {"GET", "/metrics", route::metrics},
    {"GET", "/v1/openapi.json", route::openapi},
    {"GET", "/v1/service", route::service},
    {"POST", "/v1/service/stop", route::service_stop},
    {"POST", "/v1/commands", route::commands},
    {"DELETE", "/v1/commands/{id}", route::interrupt},
    {"POST", "/v1/commands/{id}/answers", route::answers},
    {"GET", "/v1/remotes", route::remotes},
    {"GET", "/v1/runs", route::runs},
    {"GET", "/v1/runs/{id}/output", route::output},
    {"GET", "/v1/events", route::events},
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
    return pattern.empty();
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
        if (row.method == method) {
            return found_route{.row = &row, .id = std::move(id)};
        }
        none.allowed += (none.allowed.empty() ? "" : ", ") + std::string(row.method);
    }
    return none;
}

} // namespace outrider
