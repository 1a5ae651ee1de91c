#include "engine/search/grid.hpp"

#include "engine/search/mersenne_twister.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace outrider {
namespace {

constexpr std::uint64_t most_counted = std::uint64_t{1} << 62U;

// Python keeps a list of all numbers, rather than a set of those that are taken, up to this size.
std::uint64_t largest_pool(std::uint64_t most) {
    std::uint64_t size = 21;
    if (most > 5) {
        const double exponent = std::ceil(std::log(static_cast<double>(most) * 3) / std::log(4.0));
        size += static_cast<std::uint64_t>(std::pow(4.0, exponent));
    }
    return size;
}

} // namespace

grid::grid(flag_map flags) : flags_(std::move(flags)) {
    for (const auto& [name, value] : flags_) {
        if (const auto* list = value.if_array()) {
            const std::uint64_t size = list->size();
            count_ = size != 0 && count_ > most_counted / size ? most_counted : count_ * size;
        }
    }
}

flag_map grid::at(std::uint64_t number) const {
    flag_map out;
    // From the last name, which changes fastest.
    for (auto flag = flags_.rbegin(); flag != flags_.rend(); ++flag) {
        const auto* list = flag->second.if_array();
        if (list == nullptr) {
            out.emplace_hint(out.begin(), flag->first, flag->second);
            continue;
        }
        out.emplace_hint(out.begin(), flag->first, (*list)[number % list->size()]);
        number /= list->size();
    }
    return out;
}

std::vector<std::uint64_t> sampled_numbers(std::uint64_t count, std::uint64_t most,
                                           std::uint64_t seed) {
    std::vector<std::uint64_t> out;
    if (most >= count) {
        for (std::uint64_t i = 0; i < count; ++i) {
            out.push_back(i);
        }
        return out;
    }
    mersenne_twister draw = mersenne_twister::as_python(seed);
    if (count <= largest_pool(most)) {
        std::vector<std::uint64_t> pool(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            pool[i] = i;
        }
        for (std::uint64_t i = 0; i < most; ++i) {
            const std::uint64_t chosen = draw.python_below(count - i);
            out.push_back(pool[chosen]);
            pool[chosen] = pool[count - i - 1];
        }
    } else {
        std::set<std::uint64_t> taken;
        while (out.size() < most) {
            const std::uint64_t chosen = draw.python_below(count);
            if (taken.insert(chosen).second) {
                out.push_back(chosen);
            }
        }
    }
    std::ranges::sort(out);
    return out;
}

} // namespace outrider
