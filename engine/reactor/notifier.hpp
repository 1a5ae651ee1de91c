#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outrider {

/// Wakes whoever waits, by the reactor and never inline. It has no memory: a waiter checks its
/// condition, then waits, and checks again.
class notifier {
  public:
    explicit notifier(const asio::any_io_executor& executor)
        : timer_(executor, asio::steady_timer::time_point::max()) {}

    void notify() { timer_.cancel(); }
    /// Waits for the next `notify`. Returns false if the waiting coroutine was cancelled instead.
    awaitable<bool> wait() {
        std::ignore = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto state = co_await asio::this_coro::cancellation_state;
        co_return state.cancelled() == asio::cancellation_type::none;
    }

  private:
    asio::steady_timer timer_;
};

} // namespace outrider
