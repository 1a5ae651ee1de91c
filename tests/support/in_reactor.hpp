#pragma once

#include "tests/support/run_reactor.hpp"

namespace outrider::testing {

/// Runs a coroutine on a reactor of its own, and afterwards what it left behind (handlers of
/// streams that were dropped).
inline void in_reactor(std::function<awaitable<void>()> body,
                       std::chrono::seconds limit = std::chrono::seconds(60)) {
    asio::io_context reactor(1);
    run_reactor(reactor, std::move(body), limit);
}

} // namespace outrider::testing
