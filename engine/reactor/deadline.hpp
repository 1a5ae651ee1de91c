#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <variant>

namespace outrider {

/// Awaits `operation`; when it takes longer than `limit` it is cancelled and the result is
/// `timed_out` with `what` as its context.
template <class T>
awaitable<result<T>> with_deadline(awaitable<result<T>> operation, std::chrono::milliseconds limit,
                                   std::string what) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    try {
        auto outcome = co_await (std::move(operation) || timer.async_wait(asio::use_awaitable));
        if (outcome.index() == 1) {
            co_return failure(errc::timed_out, std::move(what));
        }
        co_return std::get<0>(std::move(outcome));
    } catch (const asio::multiple_exceptions& both) {
        // Both end by exceptions when the waiting coroutine itself is cancelled: callers know that
        // by the plain `operation_aborted`.
        std::rethrow_exception(both.first_exception());
    }
}

} // namespace outrider
