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
    window_ = std::max(carried_in(round_trip_ + queue_time, std::max(most, least)), least);
}

std::int64_t flow_window::wire_window() const {
    return carried_in(2 * round_trip_, window_);
}

std::int64_t flow_window::carried_in(std::chrono::nanoseconds span, std::int64_t most) const {
    const double bytes = rate_ * seconds(span);
    return bytes < static_cast<double>(most) ? static_cast<std::int64_t>(bytes) : most;
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
