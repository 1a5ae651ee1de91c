#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace outrider {

/// Awaits `work`, then `cleanup` whatever way the work ended, cancellation of the caller included:
/// the cleanup is never cancelled, so it has to be bounded by itself.
template <class T>
awaitable<T> with_cleanup(awaitable<T> work, std::function<awaitable<void>()> cleanup) {
    std::optional<T> outcome;
    std::exception_ptr error;
    try {
        outcome = co_await std::move(work);
    } catch (...) {
        error = std::current_exception();
    }
    // A cancelled coroutine could await nothing any more.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await cleanup();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    if (error) {
        std::rethrow_exception(error);
    }
    co_return std::move(*outcome);
}

} // namespace outrider
