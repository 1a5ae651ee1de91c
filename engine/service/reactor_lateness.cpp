#include "engine/service/reactor_lateness.hpp"

#include <algorithm>
#include <cmath>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto kept = 60s;
/// The upper bound of the first bucket, and how much larger that of the next one is.
constexpr double least_us = 10;
constexpr double growth = 1.2;

std::size_t bucket_of(std::chrono::nanoseconds late, std::size_t buckets) {
    const double us = static_cast<double>(late.count()) / 1000;
    if (us <= least_us) {
        return 0;
    }
    const auto index =
        static_cast<std::size_t>(std::ceil(std::log(us / least_us) / std::log(growth)));
    return std::min(index, buckets - 1);
}

std::chrono::microseconds bound_of(std::size_t bucket) {
    return std::chrono::microseconds(static_cast<std::int64_t>(
        std::ceil(least_us * std::pow(growth, static_cast<double>(bucket)))));
}

} // namespace

void reactor_lateness::add(clock::time_point now, std::chrono::nanoseconds late) {
    late = std::max(late, std::chrono::nanoseconds(0));
    if (seconds_.empty() || now - seconds_.back().begin >= 1s) {
        seconds_.push_back({.begin = now});
    }
    while (now - seconds_.front().begin > kept) {
        seconds_.pop_front();
    }
    auto& current = seconds_.back();
    ++current.counts[bucket_of(late, buckets)];
    current.max = std::max(current.max, late);
}

lateness_summary reactor_lateness::summary(clock::time_point now) const {
    std::array<std::int64_t, buckets> counts{};
    lateness_summary out;
    for (const auto& each : seconds_) {
        if (now - each.begin > kept) {
            continue;
        }
        for (std::size_t i = 0; i < buckets; ++i) {
            counts[i] += each.counts[i];
            out.samples += each.counts[i];
        }
        out.max = std::max(out.max, std::chrono::ceil<std::chrono::microseconds>(each.max));
    }
    const auto percentile = [&](std::int64_t percent) {
        std::int64_t left = (out.samples * percent + 99) / 100;
        for (std::size_t i = 0; i < buckets; ++i) {
            left -= counts[i];
            if (left <= 0 && out.samples > 0) {
                return std::min(bound_of(i), out.max);
            }
        }
        return out.max;
    };
    out.p50 = percentile(50);
    out.p99 = percentile(99);
    return out;
}

} // namespace outrider
