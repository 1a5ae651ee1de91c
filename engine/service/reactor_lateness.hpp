#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>

namespace outrider {

/// How late timers fire, over the last minute: what a reactor that is held up shows first.
struct lateness_summary {
    std::chrono::microseconds p50{0};
    std::chrono::microseconds p99{0};
    std::chrono::microseconds max{0};
    std::int64_t samples = 0;
};

/// Collects the lateness of a timer. Pure: times come from outside; the space is bounded whatever
/// the number of samples (buckets of a fifth more each, a set for each second).
class reactor_lateness {
  public:
    using clock = std::chrono::steady_clock;

    void add(clock::time_point now, std::chrono::nanoseconds late);
    /// Of the minute before `now`; percentiles are upper bounds of their bucket.
    [[nodiscard]] lateness_summary summary(clock::time_point now) const;

  private:
    static constexpr std::size_t buckets = 80; // from 10 µs to beyond 10 s
    struct second {
        clock::time_point begin;
        std::array<std::uint32_t, buckets> counts{};
        std::chrono::nanoseconds max{0};
    };
    std::deque<second> seconds_;
};

} // namespace outrider
