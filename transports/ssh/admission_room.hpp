#pragma once

#include <algorithm>
#include <chrono>

namespace outrider::ssh {

/// How many connections may be in the making at once, by how long they take: where they take long,
/// more of them would only make each later, until the last ones are given up. Pure: time is told.
class admission_room {
  public:
    using clock = std::chrono::steady_clock;
    /// One that took that long asks for fewer at once, a quicker one than `quick` for more.
    static constexpr std::chrono::milliseconds slow{2'500};
    static constexpr std::chrono::milliseconds quick{1'000};
    static constexpr int least = 4;
    static constexpr int most = 1'000;

    [[nodiscard]] int room() const { return static_cast<int>(room_); }
    /// One has ended, however, that began at `begun`; `others` are still in the making.
    void took(clock::time_point begun, clock::time_point ended, int others) {
        if (ended - begun < quick) {
            room_ = std::min<double>(room_ + 1, most);
        } else if (ended - begun >= slow && begun >= narrowed_) {
            room_ = std::max<double>(least, std::min<double>(room_, others + 1) / 2);
            narrowed_ = ended;
        }
    }

  private:
    double room_ = most;
    clock::time_point narrowed_; // who began before that says nothing new
};

} // namespace outrider::ssh
