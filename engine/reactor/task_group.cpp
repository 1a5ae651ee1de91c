#include "engine/reactor/task_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/assert.hpp>

#include <spdlog/spdlog.h>

#include <exception>

namespace outrider {

task_group::task_group(asio::any_io_executor executor)
    : executor_(std::move(executor)), ended_(executor_, asio::steady_timer::time_point::max()) {}

task_group::~task_group() {
    BOOST_ASSERT_MSG(tasks_.empty(), "a task outlives its group");
}

void task_group::spawn(std::string name, std::function<awaitable<void>()> body) {
    auto& entry = tasks_.emplace_back();
    entry.name = std::move(name);
    entry.body = std::move(body);
    auto position = std::prev(tasks_.end());
    auto on_end = [this, position](std::exception_ptr error) {
        const std::string ended_name = std::move(position->name);
        tasks_.erase(position);
        ended_.cancel();
        if (!error) {
            return;
        }
        try {
            std::rethrow_exception(error);
        } catch (const boost::system::system_error& e) {
            // A cancelled task may end by the exception of its last operation: that is its way out.
            if (e.code() != asio::error::operation_aborted) {
                spdlog::error("task {} ended by an exception: {}", ended_name, e.what());
                cancel();
            }
        } catch (const std::exception& e) {
            spdlog::error("task {} ended by an exception: {}", ended_name, e.what());
            cancel();
        }
    };
    asio::co_spawn(executor_, entry.body,
                   asio::bind_cancellation_slot(entry.stop.slot(), std::move(on_end)));
}

void task_group::cancel() {
    // Emitting may end a task at once, which takes it out of the list: the next one is read before.
    for (auto it = tasks_.begin(); it != tasks_.end();) {
        auto& current = *it++;
        current.stop.emit(asio::cancellation_type::all);
    }
}

awaitable<void> task_group::join() {
    // Joining must go on to the end even where the joining task itself is being cancelled.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (!tasks_.empty()) {
        ended_.expires_at(asio::steady_timer::time_point::max());
        co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
}

awaitable<void> task_group::join_or_cancel() {
    bool cancelled = false;
    while (!tasks_.empty() && !cancelled) {
        ended_.expires_at(asio::steady_timer::time_point::max());
        co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto state = co_await asio::this_coro::cancellation_state;
        cancelled = state.cancelled() != asio::cancellation_type::none;
    }
    if (cancelled) {
        // Every further wait would throw.
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        cancel();
    }
    co_await join();
    if (cancelled) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
}

} // namespace outrider
