#include "cli/render/remembered_text.hpp"

#include <algorithm>

namespace outrider::cli {
namespace {

constexpr std::int64_t second_us = 1'000'000;
/// A watched machine confirms what is known of it every few seconds.
constexpr std::int64_t usual_age_us = 30 * second_us;

// "45s", "3m", "2h", "4d": the largest unit of which there is one at least.
std::string age_text(std::int64_t age_us) {
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    const auto seconds = std::max<std::int64_t>(age_us / second_us, 0);
    if (seconds < minute) {
        return std::to_string(seconds) + "s";
    }
    if (seconds < hour) {
        return std::to_string(seconds / minute) + "m";
    }
    if (seconds < day) {
        return std::to_string(seconds / hour) + "h";
    }
    return std::to_string(seconds / day) + "d";
}

} // namespace

std::string remembered_lines(const std::vector<remembered_runs>& remembered, std::int64_t now_us) {
    std::string text;
    for (const auto& each : remembered) {
        const auto age_us = now_us - each.confirmed_us;
        if (each.trouble.empty() && age_us < usual_age_us) {
            continue;
        }
        const auto& why = each.trouble;
        if (!why.empty()) {
            text += (why.starts_with(each.remote) ? "" : each.remote + ": ") + why + "\n";
        }
        text += each.remote + ": shown as last confirmed " + age_text(age_us) + " ago\n";
    }
    return text;
}

} // namespace outrider::cli
