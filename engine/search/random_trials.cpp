#include "engine/search/random_trials.hpp"

#include "engine/search/flag_function.hpp"

#include <algorithm>
#include <cmath>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::int64_t largest_inner_seed = 2147483646; ///< randint(0, 2^31 - 1) stays below

} // namespace

json::value draw_value(const dimension& from, mersenne_twister& draw) {
    switch (from.kind) {
    case dimension_kind::categorical: {
        // The first category whose cumulative probability reaches the draw; each sum is made by
        // adding, as it is there.
        const double each = 1.0 / static_cast<double>(from.choices.size());
        const double drawn = draw.next_real();
        double sum = each;
        std::size_t chosen = 0;
        while (sum < drawn && chosen + 1 < from.choices.size()) {
            sum += each;
            ++chosen;
        }
        return from.choices[chosen];
    }
    case dimension_kind::integer:
        return draw.numpy_between(static_cast<std::int64_t>(from.low),
                                  static_cast<std::int64_t>(from.high));
    case dimension_kind::real:
        return from.low + (draw.next_real() * (from.high - from.low));
    case dimension_kind::logarithmic: {
        const double low = std::log10(from.low);
        const double high = std::log10(from.high);
        const double value = std::pow(10.0, low + (draw.next_real() * (high - low)));
        return std::clamp(value, from.low, from.high);
    }
    }
    return nullptr;
}

std::vector<flag_map> random_trials(const search_space& space, std::int64_t count,
                                    std::uint32_t seed) {
    mersenne_twister draw = mersenne_twister::as_numpy(seed);
    // scikit-optimize takes a seed from it first, for a model that random search has no use of.
    std::ignore = draw.numpy_between(0, largest_inner_seed);
    std::vector<flag_map> out;
    out.reserve(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
    for (std::int64_t i = 0; i < count; ++i) {
        flag_map trial = space.constant;
        for (const auto& each : space.dimensions) {
            const auto value = draw_value(each, draw);
            trial[each.flag] = i == 0 && each.initial ? *each.initial : value;
        }
        out.push_back(std::move(trial));
    }
    return out;
}

result<> draw_functions(std::vector<flag_map>& trials, std::uint32_t seed,
                        const std::set<std::string>& literal) {
    mersenne_twister draw = mersenne_twister::as_numpy(seed);
    for (auto& trial : trials) {
        for (auto& [name, value] : trial) {
            const auto* text = value.if_string();
            if (text == nullptr || literal.contains(name) || !is_flag_function(*text)) {
                continue;
            }
            auto space = read_search_space({{name, value}});
            if (!space) {
                return space.error();
            }
            std::ignore = draw.numpy_between(0, largest_inner_seed);
            value = draw_value(space->dimensions.front(), draw);
        }
    }
    return {};
}

} // namespace outrider
