#pragma once

#include "transports/http/server_state.hpp"

namespace outrider {

/// `GET /v1/remotes`: those of the configuration, and whether their links are up.
[[nodiscard]] awaitable<http_answer> list_remotes(server_state& state, const route_call& call);
/// `GET /v1/runs`: of `remote` (as `-r`), or of this machine.
[[nodiscard]] awaitable<http_answer> list_runs(server_state& state, const route_call& call);

} // namespace outrider
