#pragma once

#include "engine/core/result.hpp"

#include <chrono>
#include <random>

namespace outrider {

/// Decides whether and when to try again after a failure of a link: pauses of 0.5, 1, 2, 4, … at
/// most 30 s unless said otherwise, each shortened by up to a half at random so that many clients
/// do not come back at once. Pure but for the random numbers.
class retry_policy {
  public:
    retry_policy() = default;
    retry_policy(std::chrono::milliseconds shortest, std::chrono::milliseconds longest)
        : shortest_(shortest), longest_(longest) {}

    /// Only a lost or refused connection and a timeout are worth a retry; a failed authentication
    /// or host key never is (the account could be locked).
    [[nodiscard]] static bool worth_a_retry(errc kind) {
        return kind == errc::connect_failed || kind == errc::timed_out;
    }
    /// The pause before the next try.
    [[nodiscard]] std::chrono::milliseconds next_pause() {
        const auto longest = std::min(shortest_ * (1 << std::min(tries_, 6)), longest_);
        ++tries_;
        std::uniform_int_distribution<std::int64_t> jitter(longest.count() / 2, longest.count());
        return std::chrono::milliseconds(jitter(random_));
    }
    /// It worked: the next failure starts with the shortest pause again.
    void succeeded() { tries_ = 0; }

  private:
    std::chrono::milliseconds shortest_{500};
    std::chrono::milliseconds longest_{30'000};
    int tries_ = 0;
    std::minstd_rand random_{std::random_device{}()};
};

} // namespace outrider
