#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace outrider {

/// The rate of a transfer over its last seconds, and how long the rest will take. Pure.
class progress_meter {
  public:
    using clock = std::chrono::steady_clock;

    /// `done` bytes (or other units) are done by now; never fewer than before.
    void add(clock::time_point now, std::int64_t done);
    /// Units per second over the last five seconds; 0 before there is anything to compare.
    [[nodiscard]] std::int64_t per_second() const;
    /// Seconds for what is left of `total`; nothing while nothing moves.
    [[nodiscard]] std::optional<std::int64_t> seconds_left(std::int64_t total) const;

  private:
    struct sample {
        clock::time_point at;
        std::int64_t done = 0;
    };
    std::deque<sample> samples_; // of the last seconds, at most a hundred
};

} // namespace outrider
