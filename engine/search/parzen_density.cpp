#include "engine/search/parzen_density.hpp"

#include "engine/text/big_integer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace outrider {
namespace {

namespace json = boost::json;

/// Of the whole range, for one point in one dimension. Half of Optuna's, which is worse on each of
/// the functions of bench/search.cpp.
constexpr double scott_factor = 0.1;
constexpr double narrowest = 100;       ///< no kernel is narrower than this part of the range
constexpr std::size_t full_weight = 25; ///< the newest points, which count in full
constexpr int most_draws = 1000;        ///< until a draw falls between the bounds
constexpr double tiny = 1e-300;         ///< a probability that is next to none

double normal_below(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

// Box and Muller, one of the pair.
double draw_normal(mersenne_twister& random) {
    const double radius = std::sqrt(-2 * std::log(1 - random.next_real()));
    return radius * std::cos(2 * std::numbers::pi * random.next_real());
}

// Weights of points from the oldest to the newest, and of the prior.
std::vector<double> weights_of(std::size_t points) {
    std::vector<double> out(points, 1);
    if (points > full_weight) {
        const std::size_t ramp = points - full_weight;
        for (std::size_t i = 0; i < ramp; ++i) {
            const double least = 1 / static_cast<double>(points);
            const double part =
                ramp > 1 ? static_cast<double>(i) / static_cast<double>(ramp - 1) : 0;
            out[i] = least + (part * (1 - least));
        }
    }
    out.push_back(1);
    double sum = 0;
    for (const double weight : out) {
        sum += weight;
    }
    for (double& weight : out) {
        weight /= sum;
    }
    return out;
}

} // namespace

std::optional<double> place_of(const dimension& in, const json::value& value) {
    if (in.kind == dimension_kind::categorical) {
        const auto found = std::ranges::find(in.choices, value);
        return found == in.choices.end()
                   ? std::nullopt
                   : std::optional(static_cast<double>(found - in.choices.begin()));
    }
    const auto number = number_of(value);
    if (!number || !(*number >= in.low && *number <= in.high)) {
        return std::nullopt;
    }
    return in.kind == dimension_kind::logarithmic ? std::log(*number) : *number;
}

json::value value_at(const dimension& in, double place) {
    switch (in.kind) {
    case dimension_kind::categorical:
        return in.choices[static_cast<std::size_t>(place)];
    case dimension_kind::integer:
        return static_cast<std::int64_t>(std::clamp(std::round(place), in.low, in.high));
    case dimension_kind::real:
        return std::clamp(place, in.low, in.high);
    case dimension_kind::logarithmic:
        return std::clamp(std::exp(place), in.low, in.high);
    }
    return nullptr;
}

parzen_density::parzen_density(const std::vector<const dimension*>& dimensions,
                               std::vector<search_point> points)
    : points_(std::move(points)), weights_(weights_of(points_.size())) {
    for (const double weight : weights_) {
        log_weights_.push_back(std::log(weight));
    }
    for (std::size_t i = 0; i < dimensions.size(); ++i) {
        add_axis(*dimensions[i], dimensions.size());
    }
}

void parzen_density::add_axis(const dimension& of, std::size_t number) {
    axis made{.of = &of, .low = of.low, .high = of.high};
    const double kernels = static_cast<double>(points_.size()) + 1;
    if (of.kind == dimension_kind::categorical) {
        const double choices = static_cast<double>(of.choices.size());
        const double flat = 1 / kernels; // what the prior gives to each choice of a kernel
        made.hit = (1 + flat) / (1 + (choices * flat));
        made.miss = flat / (1 + (choices * flat));
        axes_.push_back(std::move(made));
        return;
    }
    if (of.kind == dimension_kind::integer) {
        made.low -= 0.5;
        made.high += 0.5;
    } else if (of.kind == dimension_kind::logarithmic) {
        made.low = std::log(of.low);
        made.high = std::log(of.high);
    }
    const double range = made.high - made.low;
    const double points = std::max(kernels - 1, 1.0);
    const double scott = std::pow(points, -1 / (static_cast<double>(number) + 4));
    made.width = std::max(scott_factor * scott, 1 / std::min(narrowest, 1 + kernels)) * range;
    axes_.push_back(std::move(made));
    const std::size_t at = axes_.size() - 1;
    for (std::size_t kernel = 0; kernel <= points_.size(); ++kernel) {
        const double center = mean(kernel, at);
        const double spread = sigma(kernel, at);
        const double mass = normal_below((axes_[at].high - center) / spread) -
                            normal_below((axes_[at].low - center) / spread);
        // Of a density also what scales the bell.
        const double scale =
            of.kind == dimension_kind::integer ? 1 : spread * std::sqrt(2 * std::numbers::pi);
        axes_[at].log_mass.push_back(std::log(std::max(mass, tiny) * scale));
    }
}

// The prior lies in the middle and is as wide as all of the range.
double parzen_density::mean(std::size_t kernel, std::size_t number) const {
    const axis& on = axes_[number];
    return kernel < points_.size() ? points_[kernel][number] : (on.low + on.high) / 2;
}

double parzen_density::sigma(std::size_t kernel, std::size_t number) const {
    const axis& on = axes_[number];
    return kernel < points_.size() ? on.width : on.high - on.low;
}

double parzen_density::log_kernel(std::size_t kernel, std::size_t number, double place) const {
    const axis& on = axes_[number];
    if (on.of->kind == dimension_kind::categorical) {
        if (kernel == points_.size()) {
            return -std::log(static_cast<double>(on.of->choices.size()));
        }
        return std::log(points_[kernel][number] == place ? on.hit : on.miss);
    }
    const double spread = sigma(kernel, number);
    const double z = (place - mean(kernel, number)) / spread;
    if (on.of->kind == dimension_kind::integer) {
        const double half = 0.5 / spread;
        const double mass = normal_below(z + half) - normal_below(z - half);
        return std::log(std::max(mass, tiny)) - on.log_mass[kernel];
    }
    return (-0.5 * z * z) - on.log_mass[kernel];
}

double parzen_density::log_at(const search_point& point) const {
    std::vector<double> logs(weights_.size());
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t kernel = 0; kernel < weights_.size(); ++kernel) {
        double sum = log_weights_[kernel];
        for (std::size_t i = 0; i < axes_.size(); ++i) {
            sum += log_kernel(kernel, i, point[i]);
        }
        logs[kernel] = sum;
        largest = std::max(largest, sum);
    }
    double total = 0;
    for (const double each : logs) {
        total += std::exp(each - largest);
    }
    return largest + std::log(total);
}

double parzen_density::draw_number(std::size_t kernel, std::size_t number,
                                   mersenne_twister& random) const {
    const axis& on = axes_[number];
    double place = mean(kernel, number);
    for (int draws = 0; draws < most_draws; ++draws) {
        const double drawn = mean(kernel, number) + (sigma(kernel, number) * draw_normal(random));
        if (drawn >= on.low && drawn <= on.high) {
            place = drawn;
            break;
        }
    }
    return on.of->kind == dimension_kind::integer
               ? std::clamp(std::round(place), on.of->low, on.of->high)
               : place;
}

double parzen_density::draw_choice(std::size_t kernel, std::size_t number,
                                   mersenne_twister& random) const {
    const axis& on = axes_[number];
    const std::size_t choices = on.of->choices.size();
    double rest = random.next_real();
    for (std::size_t i = 0; i + 1 < choices; ++i) {
        rest -= std::exp(log_kernel(kernel, number, static_cast<double>(i)));
        if (rest < 0) {
            return static_cast<double>(i);
        }
    }
    return static_cast<double>(choices - 1);
}

search_point parzen_density::draw(mersenne_twister& random) const {
    std::size_t kernel = 0;
    double rest = random.next_real();
    while (kernel + 1 < weights_.size() && (rest -= weights_[kernel]) >= 0) {
        ++kernel;
    }
    search_point out;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        out.push_back(axes_[i].of->kind == dimension_kind::categorical
                          ? draw_choice(kernel, i, random)
                          : draw_number(kernel, i, random));
    }
    return out;
}

} // namespace outrider
