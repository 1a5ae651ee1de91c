#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace outrider::testing {

template <class Condition>
void eventually(const char* what, Condition condition, int seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            throw std::runtime_error(std::string("in vain waited until ") + what);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

} // namespace outrider::testing
