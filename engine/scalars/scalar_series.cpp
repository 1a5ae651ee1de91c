#include "engine/scalars/scalar_series.hpp"

#include <algorithm>
#include <cmath>

namespace outrider {

void scalar_series::add(std::int64_t step, double value) {
    scalar_series one;
    one.first = one.last = value;
    one.first_step = one.last_step = step;
    one.count = 1;
    if (!std::isnan(value)) {
        one.least = one.greatest = one.sum = value;
        one.least_step = one.greatest_step = step;
        one.numbers = 1;
    }
    add(one);
}

void scalar_series::add(const scalar_series& later) {
    if (later.count == 0) {
        return;
    }
    if (count == 0) {
        *this = later;
        return;
    }
    if (later.first_step < first_step) {
        first = later.first;
        first_step = later.first_step;
    }
    if (later.last_step >= last_step) {
        last = later.last;
        last_step = later.last_step;
    }
    if (later.numbers > 0 && (numbers == 0 || later.least < least)) {
        least = later.least;
        least_step = later.least_step;
    }
    if (later.numbers > 0 && (numbers == 0 || later.greatest > greatest)) {
        greatest = later.greatest;
        greatest_step = later.greatest_step;
    }
    sum += later.sum;
    numbers += later.numbers;
    count += later.count;
}

scalar_summary scalar_series::summary(std::string tag) const {
    return {.tag = std::move(tag),
            .last = last,
            .last_step = last_step,
            .first = first,
            .first_step = first_step,
            .least = least,
            .least_step = least_step,
            .greatest = greatest,
            .greatest_step = greatest_step,
            .mean = numbers > 0 ? sum / static_cast<double>(numbers)
                                : std::numeric_limits<double>::quiet_NaN(),
            .count = count};
}

const scalar_summary* find_scalar(std::span<const scalar_summary> scalars, std::string_view name) {
    const auto named = std::ranges::find(scalars, name, &scalar_summary::tag);
    if (named != scalars.end()) {
        return &*named;
    }
    // "train/loss" is what TensorBoard shows, "loss" what a script logged.
    const auto same = [&](const scalar_summary& each) {
        const auto mark = each.tag.rfind('#');
        if (mark == std::string::npos) {
            return false;
        }
        std::string slashed = each.tag;
        slashed[mark] = '/';
        return slashed == name || std::string_view(each.tag).substr(mark + 1) == name;
    };
    const auto found = std::ranges::find_if(scalars, same);
    return found == scalars.end() ? nullptr : &*found;
}

bool is_shown_by_default(std::string_view tag) {
    return !tag.substr(tag.rfind('#') + 1).starts_with("sys/"); // npos + 1 is 0
}

} // namespace outrider
