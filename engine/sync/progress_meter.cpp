#include "engine/sync/progress_meter.hpp"

#include <algorithm>
#include <cmath>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto span = 5s;
constexpr std::size_t most_samples = 100;

} // namespace

void progress_meter::add(clock::time_point now, std::int64_t done) {
    // Samples that come in quicker succession than are kept for the whole span are one.
    if (samples_.size() >= 2 && now - samples_[samples_.size() - 2].at < span / most_samples) {
        samples_.back() = {now, done};
    } else {
        samples_.push_back({now, done});
    }
    while (samples_.size() > 2 && now - samples_[1].at >= span) {
        samples_.pop_front();
    }
}

std::int64_t progress_meter::per_second() const {
    if (samples_.size() < 2) {
        return 0;
    }
    const std::chrono::duration<double> took = samples_.back().at - samples_.front().at;
    const auto moved = static_cast<double>(samples_.back().done - samples_.front().done);
    return took.count() > 0 ? std::llround(moved / took.count()) : 0;
}

std::optional<std::int64_t> progress_meter::seconds_left(std::int64_t total) const {
    const auto rate = per_second();
    if (rate <= 0) {
        return std::nullopt;
    }
    const auto left = std::max<std::int64_t>(total - samples_.back().done, 0);
    return (left + rate - 1) / rate;
}

} // namespace outrider
