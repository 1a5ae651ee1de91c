#pragma once

#include <algorithm>
#include <chrono>

namespace outrider::ssh {

/// What is left of the time for one connect, all phases together. Waiting for a person does not
/// count: whoever asks pauses it.
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
    /// Time that a person took.
    void give_back(clock::duration time) { end_ += time; }

  private:
    std::chrono::milliseconds total_;
    clock::time_point end_;
};

} // namespace outrider::ssh
