#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/post.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace outrider::ssh {

/// Lets the pumps of sessions in the key exchange go one after the other, each at a turn of the
/// reactor: they compute for a millisecond and more, and in a row they would hold up everybody
/// else. Shared by the sessions of a transport.
class pump_turns : public std::enable_shared_from_this<pump_turns> {
  public:
    void take(const asio::any_io_executor& executor, std::function<void()> pump) {
        waiting_.push_back(std::move(pump));
        if (waiting_.size() == 1) {
            post(executor);
        }
    }

  private:
    void post(const asio::any_io_executor& executor) {
        // Posted work comes after the reactor has looked at its timers and descriptors.
        asio::post(executor, [self = shared_from_this(), executor] {
            self->waiting_.front()();
            self->waiting_.pop_front();
            if (!self->waiting_.empty()) {
                self->post(executor);
            }
        });
    }

    std::deque<std::function<void()>> waiting_; // the front is posted
};

} // namespace outrider::ssh
