#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace outrider::testing {

/// Polls until the condition holds; throws after `seconds`. Only for the outer edge: processes.
template <class Condition>
void eventually(const char* what, Condition condition, int seconds = 10) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            throw std::runtime_error(std::string("in vain waited until ") + what);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

} // namespace outrider::testing
