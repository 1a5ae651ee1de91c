#pragma once

#include "transports/http/server_state.hpp"

#include <string>
#include <string_view>

namespace outrider {

/// `GET /v1/service`: what `serve status` shows.
[[nodiscard]] http_answer describe_service(const server_state& state);
/// `POST /v1/service/stop`: `{"timeout_seconds": 10}`. Commands are asked to end, forced after that
/// time; runs are left alone.
[[nodiscard]] http_answer stop_service(server_state& state, const std::string& body);
/// `GET /metrics`: the text format of Prometheus.
[[nodiscard]] http_answer tell_metrics(const server_state& state);
/// `openapi.json` as it was when this was built.
[[nodiscard]] std::string_view openapi_text();

} // namespace outrider
