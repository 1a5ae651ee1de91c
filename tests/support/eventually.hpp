#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace outrider::testing {

/// Looks again and again until it holds; false when the time is over. Only for the outer edge:
/// processes and files.
[[nodiscard]] inline bool eventually(const std::function<bool()>& holds,
                                     std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

/// The same; throws when the time is over.
inline void eventually(const char* what, const std::function<bool()>& holds, int seconds = 10) {
    if (!eventually(holds, std::chrono::seconds(seconds))) {
        throw std::runtime_error(std::string("in vain waited until ") + what);
    }
}

} // namespace outrider::testing
