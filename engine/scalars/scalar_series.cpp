#include "engine/scalars/scalar_series.hpp"

#include <algorithm>
#include <cmath>

namespace outrider {

void scalar_series::add(std::int64_t step, double value) {
    if (count == 0 || step < first_step) {
        first = value;
        first_step = step;
    }
    if (count == 0 || step >= last_step) {
        last = value;
        last_step = step;
    }
    ++count;
    if (std::isnan(value)) {
        return;
    }
    if (numbers == 0 || value < least) {
        least = value;
        least_step = step;
    }
    if (numbers == 0 || value > greatest) {
        greatest = value;
        greatest_step = step;
    }
    sum += value;
    ++numbers;
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

scalar_name name_of_scalar(std::string_view tag) {
    const auto mark = tag.rfind('#');
    return mark == std::string_view::npos ? scalar_name{.tag = tag}
                                          : scalar_name{tag.substr(0, mark), tag.substr(mark + 1)};
}

const scalar_summary* find_scalar(std::span<const scalar_summary> scalars, std::string_view name) {
    const auto named = std::ranges::find(scalars, name, &scalar_summary::tag);
    if (named != scalars.end()) {
        return &*named;
    }
    const auto mark = name.find('#');
    const bool prefixed = mark != std::string_view::npos;
    // "train/loss" is what TensorBoard shows, "loss" what a script logged.
    const auto same = [&](const scalar_summary& each) {
        const auto own = name_of_scalar(each.tag);
        if (prefixed) {
            return own.tag == name.substr(mark + 1) &&
                   own.directory.starts_with(name.substr(0, mark));
        }
        const auto size = own.directory.size();
        return own.tag == name ||
               (size > 0 && name.size() == each.tag.size() && name.starts_with(own.directory) &&
                name[size] == '/' && name.substr(size + 1) == own.tag);
    };
    const auto found = std::ranges::find_if(scalars, same);
    return found == scalars.end() ? nullptr : &*found;
}

double part_of(const scalar_summary& scalar, scalar_part part) {
    switch (part) {
    case scalar_part::last:
        return scalar.last;
    case scalar_part::first:
        return scalar.first;
    case scalar_part::least:
        return scalar.least;
    case scalar_part::greatest:
        return scalar.greatest;
    case scalar_part::mean:
        return scalar.mean;
    case scalar_part::total:
        return scalar.mean * static_cast<double>(scalar.count);
    case scalar_part::count:
        break;
    }
    return static_cast<double>(scalar.count);
}

std::optional<std::int64_t> step_of(const scalar_summary& scalar, scalar_part part) {
    switch (part) {
    case scalar_part::first:
        return scalar.first_step;
    case scalar_part::least:
        return scalar.least_step;
    case scalar_part::greatest:
        return scalar.greatest_step;
    case scalar_part::last:
        return scalar.last_step;
    case scalar_part::mean:
    case scalar_part::total:
    case scalar_part::count:
        break;
    }
    return std::nullopt;
}

std::optional<double> chosen_of(std::span<const scalar_summary> scalars,
                                const scalar_choice& choice) {
    const auto* found = find_scalar(scalars, choice.name);
    if (found == nullptr) {
        return std::nullopt;
    }
    if (!choice.step) {
        return part_of(*found, choice.part);
    }
    const auto step = step_of(*found, choice.part);
    return step ? std::optional(static_cast<double>(*step)) : std::nullopt;
}

bool is_shown_by_default(std::string_view tag) {
    return !tag.substr(tag.rfind('#') + 1).starts_with("sys/"); // npos + 1 is 0
}

} // namespace outrider
