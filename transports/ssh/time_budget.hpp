#pragma once

#include <algorithm>
#include <chrono>

namespace outrider::ssh {

/// What is left of the time for one connect: how long the far end may be silent. Each of its
/// answers begins that anew, for one that is slow is not lost. Waiting for a person, or for our own
/// turn, does not count: whoever waits gives it back.
class time_budget {
  public:
    using clock = std::chrono::steady_clock;
    explicit time_budget(std::chrono::milliseconds total)
        : total_(total), end_(clock::now() + total) {}

    /// At least a millisecond, so that a spent budget fails as a timeout.
    [[nodiscard]] std::chrono::milliseconds remaining() const {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end_ - clock::now());
        return std::max(left, std::chrono::milliseconds(1));
    }
    [[nodiscard]] std::chrono::milliseconds total() const { return total_; }
    /// Time that a person took, or others had.
    void give_back(clock::duration time) { end_ += time; }
    /// The far end has answered what it was asked.
    void answered() { end_ = std::max(end_, clock::now() + total_); }

  private:
    std::chrono::milliseconds total_;
    clock::time_point end_;
};

} // namespace outrider::ssh
