#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <stdexcept>

namespace outrider::testing {

/// Runs a coroutine on a reactor of its own, and afterwards what it left behind (handlers of
/// streams that were dropped). Its exceptions come out here. Throws when the whole takes longer
/// than `limit`: a test that hangs fails.
inline void in_reactor(const std::function<awaitable<void>()>& body,
                       std::chrono::seconds limit = std::chrono::seconds(60)) {
    asio::io_context reactor(1);
    std::exception_ptr problem;
    bool ended = false;
    asio::co_spawn(reactor, body, [&](std::exception_ptr error) {
        problem = error;
        ended = true;
    });
    reactor.run_for(limit);
    if (problem) {
        std::rethrow_exception(problem);
    }
    if (!ended) {
        throw std::runtime_error("the coroutine did not end in time");
    }
}

} // namespace outrider::testing
