#pragma once

#include "engine/core/result.hpp"

#include <algorithm>
#include <chrono>

namespace outrider {

/// What to do about a failure of a follow that goes on by itself for days.
enum class follow_verdict {
    try_again, ///< the link was lost: it may come back
    give_up,   ///< a person has to do something first
};

/// A refused login or a host key is never tried again (the account could be locked). A name without
/// an address is where it had one before: a machine that has just woken up has no network yet.
[[nodiscard]] follow_verdict judge_follow(errc why, bool was_connected);

/// Decides when a copying may follow the one before. Pure: times come from outside.
class copy_pace {
  public:
    using clock = std::chrono::steady_clock;

    /// `interval`: between the beginnings of two copyings at least.
    explicit copy_pace(std::chrono::seconds interval) : interval_(interval) {}

    /// A copying was made. A slow one, of large files or over a slow link, is not made without a
    /// pause.
    void copied(clock::time_point began, clock::time_point ended) {
        using std::chrono_literals::operator""s;
        next_ = std::max<clock::time_point>(
            began + interval_, ended + std::max<clock::duration>(1s, 5 * (ended - began)));
    }
    /// When the next one may begin.
    [[nodiscard]] clock::time_point next() const { return next_; }

  private:
    std::chrono::seconds interval_;
    clock::time_point next_; // at first: at once
};

} // namespace outrider
