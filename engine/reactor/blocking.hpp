#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace outrider {

/// The small pool for what blocks and has no asynchronous form: name lookup, bulk hashing, reading
/// keys, prompts. Lives as long as the program.
asio::thread_pool& blocking_pool();

/// Runs `work` on the blocking pool and resumes here with what it returned or threw. It is not
/// interrupted by cancellation, which a coroutine on another thread could not take safely: the
/// caller waits for its end, and `work` must own what it touches.
template <class Work>
awaitable<std::invoke_result_t<Work>> run_blocking(Work work) {
    struct outcome {
        std::optional<std::invoke_result_t<Work>> value;
        std::exception_ptr error;
    };
    const auto shared = std::make_shared<outcome>();
    const auto executor = co_await asio::this_coro::executor;
    const auto start = [&](auto handler) {
        // The guard keeps the reactor running while nothing in it waits for a descriptor.
        asio::post(blocking_pool(), [work = std::move(work), shared, handler = std::move(handler),
                                     guard = asio::make_work_guard(executor)]() mutable {
            try {
                shared->value.emplace(work());
            } catch (...) {
                shared->error = std::current_exception();
            }
            asio::post(guard.get_executor(), std::move(handler));
        });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start,
                                                                          asio::use_awaitable);
    if (shared->error) {
        std::rethrow_exception(shared->error);
    }
    co_return std::move(*shared->value);
}

} // namespace outrider
