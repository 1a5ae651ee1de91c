#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace outrider::agent {

/// A name for a temporary file or directory that no other process or request uses: `PID.NUMBER`.
[[nodiscard]] std::string incoming_name();
/// Removes what agents that are gone left in a directory for incoming files more than a day
/// before `now`.
void sweep_incoming(int incoming, std::string_view prefix, std::time_t now);

} // namespace outrider::agent
