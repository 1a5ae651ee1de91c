#include "cli/render/amounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace outrider::cli {

std::string count_text(std::int64_t count) {
    constexpr std::size_t group = 3;
    auto text = std::to_string(std::max<std::int64_t>(count, 0));
    for (std::size_t at = text.size(); at > group;) {
        at -= group;
        text.insert(at, 1, ',');
    }
    return text;
}

std::string count_text(std::int64_t count, std::string_view one) {
    return count_text(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

std::string bytes_text(std::int64_t bytes) {
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    constexpr double step = 1024;
    if (bytes < 1024) {
        return std::to_string(std::max<std::int64_t>(bytes, 0)) + " B";
    }
    auto value = static_cast<double>(bytes) / step;
    std::size_t unit = 0;
    // 1023.5 would show as 1024
    while (value >= step - 0.5 && unit + 1 < units.size()) {
        value /= step;
        ++unit;
    }
    // 99.95 would show as 100.0
    return fmt::format("{:.{}f} {}", value, value < 99.95 ? 1 : 0, units.at(unit));
}

std::string rate_text(std::int64_t bytes_per_second) {
    return bytes_text(bytes_per_second) + "/s";
}

std::string whole_seconds_text(std::int64_t seconds) {
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    if (seconds < minute) {
        return fmt::format("{} s", std::max<std::int64_t>(seconds, 0));
    }
    if (seconds < hour) {
        return fmt::format("{} min {} s", seconds / minute, seconds % minute);
    }
    if (seconds < day) {
        return fmt::format("{} h {} min", seconds / hour, seconds % hour / minute);
    }
    return fmt::format("{} d {} h", seconds / day, seconds % day / hour);
}

std::string seconds_text(double seconds) {
    constexpr double longest = 1e15; // far below what an integer holds
    const double told = std::isfinite(seconds) ? std::clamp(seconds, 0.0, longest) : 0;
    if (told < 0.995) {
        return fmt::format("{:.2f} s", told);
    }
    if (told < 9.95) {
        return fmt::format("{:.1f} s", told);
    }
    return whole_seconds_text(std::llround(told));
}

} // namespace outrider::cli
