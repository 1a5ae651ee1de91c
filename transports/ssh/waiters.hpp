#pragma once

#include "engine/reactor/awaitable.hpp"
#include "engine/reactor/notifier.hpp"

#include <list>

namespace outrider::ssh {

/// Where coroutines wait for something that they share, each with a notifier of its own: the
/// cancellation of one does not wake the others.
class waiters {
  public:
    /// Waits for the next `wake_all`; false when the waiting coroutine was cancelled instead. As
    /// with any notifier, the waiter checks what it waits for before and afterwards.
    [[nodiscard]] awaitable<bool> wait() {
        notifier own(co_await asio::this_coro::executor);
        const registration here(waiting_, own);
        co_return co_await own.wait();
    }
    void wake_all() {
        for (auto* each : waiting_) {
            each->notify();
        }
    }
    [[nodiscard]] bool empty() const { return waiting_.empty(); }

  private:
    /// Stands in the list of those who wait, also when the waiting coroutine is destroyed.
    class registration {
      public:
        registration(std::list<notifier*>& list, notifier& own)
            : list_(list), position_(list.insert(list.end(), &own)) {}
        registration(const registration&) = delete;
        registration& operator=(const registration&) = delete;
        ~registration() { list_.erase(position_); }

      private:
        std::list<notifier*>& list_;
        std::list<notifier*>::iterator position_;
    };

    std::list<notifier*> waiting_; // each lives in the coroutine that waits
};

} // namespace outrider::ssh
