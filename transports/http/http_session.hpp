#pragma once

#include "transports/http/server_state.hpp"

namespace outrider {

/// One connection from its first request to its last. `through_port`: it came by TCP, where every
/// request has to show the token or the cookie of a login.
[[nodiscard]] awaitable<void> serve_connection(server_state& state, http_stream& stream,
                                               bool through_port);

} // namespace outrider
