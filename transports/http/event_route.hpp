#pragma once

#include "transports/http/server_state.hpp"

namespace outrider {

/// `GET /v1/events`, a WebSocket: news as JSON texts, one each,
/// `{"number": N, "time_us": T, "kind": "run", "data": {…}}`. The client says what it wants to hear
/// of by `{"remotes": […], "runs": […], "kinds": ["link", "run", "progress", "command"]}`, as often
/// as it likes; before that it hears of everything. One that reads too slowly misses the oldest and
/// is told by
/// `{"kind": "missed", "count": N}` where they would have stood.
[[nodiscard]] awaitable<void> tell_news(server_state& state, route_call call);

} // namespace outrider
