#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/reactor/awaitable.hpp"
#include "transports/ssh/time_budget.hpp"

#include <cstdint>
#include <string>

namespace outrider::ssh {

/// Where to, and how.
struct tcp_target {
    std::string label; ///< begins the texts of failures: the remote's name
    std::string host;
    std::uint16_t port = 22;
    std::string family = "any"; ///< any, inet, inet6
    std::string bind_address;   ///< empty: the system's choice
};

/// A connected socket, or why there is none; `cause` is the system's own word for that, if any.
struct tcp_outcome {
    result<descriptor> socket;
    boost::system::error_code cause;
};

/// Looks the name up and connects to the first of its addresses that answers; each address gets its
/// share of the time. Fails with `resolve_failed`, `connect_failed` or `timed_out`.
[[nodiscard]] awaitable<tcp_outcome> tcp_connect(tcp_target target, time_budget& budget);

} // namespace outrider::ssh
