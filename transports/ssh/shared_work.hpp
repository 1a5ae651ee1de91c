#pragma once

#include "transports/ssh/waiters.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace outrider::ssh {

/// Work that several ask for at the same time and one does: whoever comes first does it, in its own
/// coroutine and with what belongs to it; the others wait and take its outcome, a failure included.
/// When the one who does it is cancelled, one of those who wait takes over. Whoever asks later
/// begins anew: this remembers nothing. It must outlive all who ask.
template <class T>
class shared_work {
  public:
    [[nodiscard]] awaitable<result<T>> run(std::function<awaitable<result<T>>()> work) {
        while (going_on_) {
            const auto awaited = going_on_;
            if (!co_await waiting_.wait()) {
                co_return failure(errc::cancelled, "cancelled");
            }
            if (*awaited) {
                co_return **awaited;
            }
        }
        const auto own = std::make_shared<std::optional<result<T>>>();
        going_on_ = own;
        // Whatever way it ends, also by an exception of its cancellation, the others are woken.
        struct finish {
            shared_work& self;
            ~finish() {
                self.going_on_.reset();
                self.waiting_.wake_all();
            }
        } const finish_on_exit{*this};
        auto outcome = co_await work();
        if (outcome || outcome.error().kind() != errc::cancelled) {
            *own = outcome;
        }
        co_return outcome;
    }
    [[nodiscard]] bool idle() const { return !going_on_ && waiting_.empty(); }

  private:
    /// The outcome, once it is there; none when whoever did it was cancelled.
    std::shared_ptr<std::optional<result<T>>> going_on_;
    waiters waiting_;
};

} // namespace outrider::ssh
