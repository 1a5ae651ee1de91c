#pragma once

#include "transports/http/request_target.hpp"
#include "transports/http/server_state.hpp"

#include <string>

namespace outrider {

/// `GET /v1/remotes`: those of the configuration, and whether their links are up.
[[nodiscard]] awaitable<http_answer> list_remotes(server_state& state);
/// `GET /v1/runs`: of `remote` (as `-r`), or of this machine.
[[nodiscard]] awaitable<http_answer> list_runs(server_state& state, request_target target);
/// `GET /v1/runs/ID/output`: the bytes from offset `from` up to `to`, or to the end; with
/// `follow=1` also what is written until the run ends.
[[nodiscard]] awaitable<void> send_output(server_state& state, std::string run_id,
                                          request_target target, open_exchange with);

} // namespace outrider
