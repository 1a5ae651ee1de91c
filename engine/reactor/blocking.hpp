#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <type_traits>
#include <utility>

namespace outrider {

/// The small pool for what blocks and has no asynchronous form: name lookup, bulk hashing, reading
/// keys, prompts. Lives as long as the program.
asio::thread_pool& blocking_pool();

/// Runs `work` on the blocking pool and resumes here with what it returned. The work is not
/// interrupted by cancellation: it must own what it touches.
template <class Work>
awaitable<std::invoke_result_t<Work>> run_blocking(Work work) {
    using value_type = std::invoke_result_t<Work>;
    auto body = [](Work inner) -> awaitable<value_type> { co_return inner(); };
    co_return co_await asio::co_spawn(blocking_pool(), body(std::move(work)), asio::use_awaitable);
}

} // namespace outrider
