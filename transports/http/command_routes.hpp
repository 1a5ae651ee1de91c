#pragma once

#include "transports/http/server_state.hpp"

#include <string>

namespace outrider {

/// `POST /v1/commands`: submits the command and streams its events, one JSON object a line. The
/// first line, `{"event": "command_taken", "id": N}`, names it for the other routes; the last one
/// is `command_ended`. When the client leaves, the command is interrupted.
[[nodiscard]] awaitable<void> perform_command(server_state& state, route_call call);
/// `POST /v1/commands/ID/answers`: `{"question": N, "answer": "yes"}`, a secret, or null.
[[nodiscard]] http_answer answer_question(server_state& state, const route_call& call);
/// `DELETE /v1/commands/ID`: asks it to end in an orderly way; a second time forces.
[[nodiscard]] http_answer interrupt_command(server_state& state, const route_call& call);
/// `GET /v1/runs/ID/output`: the bytes from offset `from` up to `to`, or to the end; with
/// `follow=1` also what is written until the run ends. The command `cat` does it.
[[nodiscard]] awaitable<void> send_output(server_state& state, route_call call);

/// How a command went that the server gave by itself.
struct performed_command {
    std::vector<event> events; ///< all but the last, their texts finished
    std::optional<failure> error;
};
/// Submits a command and collects what it tells. Questions are not answered.
[[nodiscard]] awaitable<result<performed_command>> perform_alone(server_state& state, command what);

} // namespace outrider
