#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>

#include <exception>
#include <tuple>
#include <utility>

namespace outrider {

/// Awaits two operations that go on at the same time, and gives what both returned.
template <class A, class B>
awaitable<std::tuple<A, B>> both(awaitable<A> first, awaitable<B> second) {
    using namespace asio::experimental::awaitable_operators;
    try {
        co_return co_await (std::move(first) && std::move(second));
    } catch (const asio::multiple_exceptions& all) {
        // Both end by exceptions when the waiting coroutine is cancelled: callers know that by the
        // plain `operation_aborted`.
        std::rethrow_exception(all.first_exception());
    }
}

} // namespace outrider
