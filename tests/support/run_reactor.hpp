#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <functional>

namespace outrider::testing {

/// Runs a coroutine on `reactor` until it and everything that it started has ended.
/// Fails the test if that takes longer than `limit`; exceptions of the coroutine reach the test.
inline void run_reactor(asio::io_context& reactor, std::function<awaitable<void>()> body,
                        std::chrono::seconds limit = std::chrono::seconds(20)) {
    std::exception_ptr error;
    bool ended = false;
    asio::co_spawn(reactor, body, [&](std::exception_ptr e) {
        error = e;
        ended = true;
    });
    reactor.run_for(limit);
    if (error) {
        std::rethrow_exception(error);
    }
    BOOST_TEST_REQUIRE(ended, "the reactor did not end in time");
}

} // namespace outrider::testing
