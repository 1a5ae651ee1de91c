#pragma once

#include "transports/http/server_state.hpp"

#include <string_view>

namespace outrider {

/// `GET /v1/service`: what `serve status` shows.
[[nodiscard]] http_answer describe_service(const server_state& state, const route_call& call);
/// `POST /v1/service/stop`: `{"timeout_seconds": 10}`. Commands are asked to end, forced after that
/// time; runs are left alone.
[[nodiscard]] http_answer stop_service(server_state& state, const route_call& call);
/// `GET /metrics`: the text format of Prometheus.
[[nodiscard]] http_answer tell_metrics(const server_state& state, const route_call& call);
/// `GET /healthz`
[[nodiscard]] http_answer say_healthy(const server_state& state, const route_call& call);
/// `GET /v1/openapi.json`
[[nodiscard]] http_answer describe_api(const server_state& state, const route_call& call);
/// `openapi.json` as it was when this was built.
[[nodiscard]] std::string_view openapi_text();

} // namespace outrider
