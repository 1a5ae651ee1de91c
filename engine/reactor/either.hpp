#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>

#include <exception>
#include <utility>
#include <variant>

namespace outrider {

/// Awaits two operations that go on at the same time; the end of one cancels the other, and its
/// result is given.
template <class T>
awaitable<T> either(awaitable<T> first, awaitable<T> second) {
    using namespace asio::experimental::awaitable_operators;
    try {
        auto ended = co_await (std::move(first) || std::move(second));
        co_return std::visit([](auto& result) { return T(std::move(result)); }, ended);
    } catch (const asio::multiple_exceptions& all) {
        // Both end by exceptions when the waiting coroutine is cancelled: callers know that by the
        // plain `operation_aborted`.
        std::rethrow_exception(all.first_exception());
    }
}

} // namespace outrider
