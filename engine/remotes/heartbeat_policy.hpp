#pragma once

#include "engine/remotes/wake_detector.hpp"

#include <algorithm>
#include <chrono>

namespace outrider {

/// Decides when a link that says nothing is asked whether it is alive, and when it is given up: a
/// half-open connection is found within 15 s while somebody waits for it. Pure: the clocks are the
/// caller's.
class heartbeat_policy {
  public:
    using steady = wake_detector::steady;
    using wall = wake_detector::wall;

    static constexpr std::chrono::seconds busy_silence{5};  ///< before we ask, while somebody waits
    static constexpr std::chrono::seconds idle_silence{60}; ///< and while nobody does
    static constexpr std::chrono::seconds answer_limit{8};  ///< `busy_silence` and this: below 15 s

    /// How long to wait before the next look; zero: ask now. A machine that slept asks at once: the
    /// far end may have given up long ago.
    [[nodiscard]] steady::duration pause(steady now, wall today, steady heard, bool busy) {
        const bool woke = sleep_.woke(now, today);
        const auto silence = now - heard;
        const steady::duration patience = busy ? busy_silence : idle_silence;
        if (woke || silence >= patience) {
            return steady::duration::zero();
        }
        // Somebody may begin to wait meanwhile.
        return std::min<steady::duration>(patience - silence, busy_silence);
    }

    /// Whether a link that was asked at `asked`, and did not answer until `now`, is lost. Where
    /// much more time passed than an answer gets, it was this process that stood still (SIGSTOP, a
    /// sleeping laptop): the answer may be here already, unread.
    [[nodiscard]] static bool is_lost(steady asked, steady now) {
        constexpr std::chrono::seconds late{1};
        return now - asked < answer_limit + late;
    }

  private:
    wake_detector sleep_;
};

} // namespace outrider
