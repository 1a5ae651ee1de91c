#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <list>
#include <string>

namespace outrider {

/// The only way to start a coroutine that runs beside its parent. The parent owns the group, calls
/// `join` before it ends, and so outlives its children. An exception of a child is logged once,
/// cancels the other children, and is not passed on. Not thread-safe: one reactor thread.
class task_group {
  public:
    explicit task_group(asio::any_io_executor executor);
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;
    ~task_group(); ///< every task must have ended

    /// Starts `body` at the reactor's next turn; the callable is kept until its coroutine ends.
    void spawn(std::string name, std::function<awaitable<void>()> body);
    /// Asks all tasks to end: pending operations complete with `operation_aborted`.
    void cancel();
    /// Waits until all tasks have ended.
    awaitable<void> join();
    /// The same, but a cancellation of the waiting coroutine cancels the tasks too.
    awaitable<void> join_or_cancel();
    [[nodiscard]] bool empty() const { return tasks_.empty(); }

  private:
    struct task {
        std::string name;
        std::function<awaitable<void>()> body;
        asio::cancellation_signal stop;
    };
    asio::any_io_executor executor_;
    std::list<task> tasks_;
    asio::steady_timer ended_; // never expires; cancelled when a task ends
};

} // namespace outrider
