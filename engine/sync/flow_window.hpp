#pragma once

#include <chrono>
#include <cstdint>

namespace outrider {

/// Decides how many bytes of a transfer may be on their way: as many as the link carries in a round
/// trip and 30 ms, so that it is always busy, and a small message never waits longer than that
/// behind the transfer. Learns the link's rate from what the receiver acknowledges. Pure.
class flow_window {
  public:
    using clock = std::chrono::steady_clock;

    /// A window that never gets smaller: four of the largest packets fit.
    static constexpr std::int64_t least = std::int64_t{576} << 10;

    /// How long a small message takes to the sender, through the receiver and back; until it is
    /// known the window counts on none.
    void set_round_trip(std::chrono::nanoseconds round_trip) { round_trip_ = round_trip; }

    /// The receiver has dealt with `total` bytes. `most`: the largest window that memory allows.
    void acknowledged(clock::time_point now, std::int64_t total, std::int64_t most);
    /// Bytes that may be sent in all.
    [[nodiscard]] std::int64_t limit() const { return acknowledged_ + window_; }
    [[nodiscard]] std::int64_t window() const { return window_; }
    /// Bytes that the wire itself has to let through before it hears of their arrival, so that it
    /// is not what limits the rate: twice those of a round trip, at most the window.
    [[nodiscard]] std::int64_t wire_window() const;

  private:
    // Bytes that the link carries in that time, at most so many: a rate may be anything.
    [[nodiscard]] std::int64_t carried_in(std::chrono::nanoseconds span, std::int64_t most) const;
    void measure(clock::time_point now, std::int64_t total);

    std::chrono::nanoseconds round_trip_{0};
    std::int64_t acknowledged_ = 0;
    std::int64_t window_ = least;
    clock::time_point sample_start_{};
    std::int64_t sample_bytes_ = 0; // acknowledged when the sample began
    double rate_ = 0;               // bytes per second
};

} // namespace outrider
