#pragma once

#include <chrono>
#include <optional>

namespace outrider {

/// Tells that the machine slept: the wall clock went on and the steady clock did not. Pure; asked
/// again and again. A wall clock that somebody sets forward looks the same and does no harm.
class wake_detector {
  public:
    using steady = std::chrono::steady_clock::time_point;
    using wall = std::chrono::system_clock::time_point;

    /// Whether the machine slept since the last call.
    [[nodiscard]] bool woke(steady ran, wall passed) {
        // Below that, a connection survives.
        constexpr std::chrono::seconds shortest_sleep{10};
        const bool slept = ran_ && (passed - *passed_) - (ran - *ran_) >= shortest_sleep;
        ran_ = ran;
        passed_ = passed;
        return slept;
    }

  private:
    std::optional<steady> ran_; // at the last call
    std::optional<wall> passed_;
};

} // namespace outrider
