#include "engine/text/natural_order.hpp"

#include <algorithm>

namespace outrider {
namespace {

constexpr std::string_view digits = "0123456789";

// Cuts the text before the first digit off `rest`.
std::string_view take_text(std::string_view& rest) {
    const auto text = rest.substr(0, rest.find_first_of(digits));
    rest.remove_prefix(text.size());
    return text;
}

// Cuts the digits off the front of `rest`, and returns them without leading zeros, so that a longer
// number is a larger one, whatever its size.
std::string_view take_number(std::string_view& rest) {
    const auto all = rest.substr(0, rest.find_first_not_of(digits));
    rest.remove_prefix(all.size());
    return all.substr(std::min(all.find_first_not_of('0'), all.size()));
}

} // namespace

bool natural_less(std::string_view left, std::string_view right) {
    auto left_rest = left;
    auto right_rest = right;
    while (!left_rest.empty() && !right_rest.empty()) {
        if (const int order = take_text(left_rest).compare(take_text(right_rest)); order != 0) {
            return order < 0;
        }
        const auto left_number = take_number(left_rest);
        const auto right_number = take_number(right_rest);
        if (left_number.size() != right_number.size()) {
            return left_number.size() < right_number.size();
        }
        if (const int order = left_number.compare(right_number); order != 0) {
            return order < 0;
        }
    }
    if (left_rest.empty() != right_rest.empty()) {
        return left_rest.empty();
    }
    return left < right;
}

} // namespace outrider
