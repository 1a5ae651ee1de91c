#include "engine/sync/flow_window.hpp"

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;

// What may wait on the way, beside what is travelling.
constexpr auto queue_time = 30ms;
// A sample is not shorter: acknowledgements come in bursts.
constexpr auto least_sample = 20ms;
// A rate that is measured lower counts this much: a pause of a disk does not close the window.
constexpr double weight_of_lower = 0.25;

double seconds(std::chrono::nanoseconds span) {
    return std::chrono::duration<double>(span).count();
}

} // namespace

void flow_window::acknowledged(clock::time_point now, std::int64_t total, std::int64_t most) {
    acknowledged_ = std::max(acknowledged_, total);
    measure(now, acknowledged_);
    const double wanted = rate_ * seconds(round_trip_ + queue_time);
    const auto largest = std::max(most, least);
    window_ = wanted < static_cast<double>(largest)
                  ? std::max(static_cast<std::int64_t>(wanted), least)
                  : largest;
}

std::int64_t flow_window::wire_window() const {
    const double wanted = 2 * rate_ * seconds(round_trip_);
    return wanted < static_cast<double>(window_) ? static_cast<std::int64_t>(wanted) : window_;
}

void flow_window::measure(clock::time_point now, std::int64_t total) {
    if (sample_start_ == clock::time_point{}) {
        sample_start_ = now;
        sample_bytes_ = total;
        return;
    }
    const auto span = now - sample_start_;
    if (span < std::max<std::chrono::nanoseconds>(least_sample, round_trip_)) {
        return;
    }
    const double measured = static_cast<double>(total - sample_bytes_) / seconds(span);
    rate_ = measured >= rate_ ? measured : rate_ + weight_of_lower * (measured - rate_);
    sample_start_ = now;
    sample_bytes_ = total;
}

} // namespace outrider
