#include "engine/text/yaml_scalar.hpp"

#include "engine/text/big_integer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace outrider {
namespace {

namespace json = boost::json;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Eats a scalar from the left; a pattern matches when everything was eaten.
struct cursor {
    std::string_view rest;

    bool one_of(std::string_view set) {
        if (rest.empty() || set.find(rest.front()) == std::string_view::npos) {
            return false;
        }
        rest.remove_prefix(1);
        return true;
    }
    std::size_t many_of(std::string_view set) {
        const auto end = std::min(rest.find_first_not_of(set), rest.size());
        rest.remove_prefix(end);
        return end;
    }
    bool word(std::string_view text) {
        if (!rest.starts_with(text)) {
            return false;
        }
        rest.remove_prefix(text.size());
        return true;
    }
    /// Between `least` and `most` digits.
    bool digits(std::size_t least, std::size_t most) {
        std::size_t count = 0;
        while (count < most && count < rest.size() && is_digit(rest[count])) {
            ++count;
        }
        rest.remove_prefix(count);
        return count >= least;
    }
};

constexpr std::string_view decimals = "0123456789";
constexpr std::string_view decimals_ = "0123456789_";

// (?::[0-5]?[0-9])+
bool eat_sixties(cursor& c) {
    bool any = false;
    while (c.rest.starts_with(':')) {
        cursor next = c;
        next.one_of(":");
        if (next.rest.size() >= 2 && is_digit(next.rest[0]) && next.rest[0] < '6' &&
            is_digit(next.rest[1])) {
            next.rest.remove_prefix(2);
        } else if (!next.one_of(decimals)) {
            return false;
        }
        c = next;
        any = true;
    }
    return any;
}

bool is_integer_text(std::string_view text) {
    cursor c{text};
    c.one_of("+-");
    for (const auto& [prefix, set] :
         {std::pair<std::string_view, std::string_view>{"0b", "01_"},
          std::pair<std::string_view, std::string_view>{"0x", "0123456789abcdefABCDEF_"},
          std::pair<std::string_view, std::string_view>{"0", "01234567_"}}) {
        cursor with_base = c;
        if (with_base.word(prefix) && with_base.many_of(set) > 0 && with_base.rest.empty()) {
            return true;
        }
    }
    if (c.rest == "0") {
        return true;
    }
    if (!c.one_of("123456789")) {
        return false;
    }
    c.many_of(decimals_);
    return c.rest.empty() || (eat_sixties(c) && c.rest.empty());
}

// [eE][-+]?[0-9]+
bool eat_exponent(cursor& c, bool sign_needed) {
    if (!c.one_of("eE")) {
        return false;
    }
    return (c.one_of("+-") || !sign_needed) && c.many_of(decimals) > 0;
}

bool is_real(std::string_view text) {
    if (text == ".nan" || text == ".NaN" || text == ".NAN") {
        return true;
    }
    cursor c{text};
    const bool sign = c.one_of("+-");
    if (c.rest == ".inf" || c.rest == ".Inf" || c.rest == ".INF") {
        return true;
    }
    if (c.one_of(".")) {
        if (sign || c.many_of(decimals_) == 0) {
            return false;
        }
        return c.rest.empty() || (eat_exponent(c, true) && c.rest.empty());
    }
    if (!c.one_of(decimals)) {
        return false;
    }
    c.many_of(decimals_);
    if (c.rest.starts_with(':')) {
        return eat_sixties(c) && c.one_of(".") && (c.many_of(decimals_), c.rest.empty());
    }
    const bool dot = c.one_of(".");
    if (dot) {
        c.many_of(decimals_);
    }
    return (dot && c.rest.empty()) || (eat_exponent(c, false) && c.rest.empty());
}

bool eat_zone(cursor& c) {
    c.many_of(" \t");
    if (c.one_of("Z")) {
        return true;
    }
    return c.one_of("+-") && c.digits(1, 2) && (!c.one_of(":") || c.digits(2, 2));
}

bool is_timestamp(std::string_view text) {
    const auto digits_at = [&](std::size_t at) { return is_digit(text[at]); };
    if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
        return std::ranges::all_of(std::array<std::size_t, 8>{0, 1, 2, 3, 5, 6, 8, 9}, digits_at);
    }
    cursor c{text};
    if (!c.digits(4, 4) || !c.one_of("-") || !c.digits(1, 2) || !c.one_of("-") || !c.digits(1, 2) ||
        !(c.one_of("Tt") || c.many_of(" \t") > 0) || !c.digits(1, 2) || !c.one_of(":") ||
        !c.digits(2, 2) || !c.one_of(":") || !c.digits(2, 2)) {
        return false;
    }
    if (c.one_of(".")) {
        c.many_of(decimals);
    }
    return c.rest.empty() || (eat_zone(c) && c.rest.empty());
}

std::string without_underscores(std::string_view text) {
    std::string out(text);
    std::erase(out, '_');
    return out;
}

double real_value(std::string_view text);

// Base 60, most significant part first; `part` reads one.
template <class Number, class Part>
Number sixties(std::string_view text, Part part) {
    Number total = 0;
    while (true) {
        const auto colon = text.find(':');
        total = total * 60 + part(text.substr(0, colon));
        if (colon == std::string_view::npos) {
            return total;
        }
        text.remove_prefix(colon + 1);
    }
}

double real_value(std::string_view text) {
    std::string clean = without_underscores(text);
    const bool negative = clean.starts_with('-');
    if (clean.starts_with('-') || clean.starts_with('+')) {
        clean.erase(0, 1);
    }
    double value = 0;
    if (clean.size() == 4 && (clean[1] == 'i' || clean[1] == 'I')) {
        value = std::numeric_limits<double>::infinity();
    } else if (clean.size() == 4 && (clean[1] == 'n' || clean[1] == 'N')) {
        value = std::numeric_limits<double>::quiet_NaN();
    } else {
        value = sixties<double>(clean, [](std::string_view part) {
            double number = 0;
            if (std::from_chars(part.data(), part.data() + part.size(), number).ec ==
                std::errc::result_out_of_range) {
                number = part.find("e-") == std::string_view::npos &&
                                 part.find("E-") == std::string_view::npos
                             ? std::numeric_limits<double>::infinity()
                             : 0.0;
            }
            return number;
        });
    }
    return negative ? -value : value;
}

std::optional<json::value> integer_value(std::string_view text) {
    std::string clean = without_underscores(text);
    const bool negative = clean.starts_with('-');
    if (clean.starts_with('-') || clean.starts_with('+')) {
        clean.erase(0, 1);
    }
    if (clean.find(':') != std::string::npos) {
        const auto total = sixties<std::int64_t>(clean, [](std::string_view part) {
            std::int64_t number = 0;
            std::from_chars(part.data(), part.data() + part.size(), number);
            return number % 1'000'000'000; // keeps the sum within 64 bits
        });
        return json::value(negative ? -total : total);
    }
    int base = 10;
    std::size_t skip = 0;
    if (clean.starts_with("0b")) {
        base = 2, skip = 2;
    } else if (clean.starts_with("0x")) {
        base = 16, skip = 2;
    } else if (clean.size() > 1 && clean[0] == '0') {
        base = 8, skip = 1;
    }
    return integer_of(std::string_view(clean).substr(skip), base, negative);
}

bool is_word_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

} // namespace

yaml_kind kind_of_plain(std::string_view text) {
    if (is_word_of(text, {"", "~", "null", "Null", "NULL"})) {
        return yaml_kind::null;
    }
    if (is_word_of(text, {"yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "on", "On",
                          "ON", "false", "False", "FALSE", "off", "Off", "OFF"})) {
        return yaml_kind::boolean;
    }
    if (is_word_of(text, {"<<", "=", "!", "&", "*", "y", "Y", "n", "N"})) {
        return yaml_kind::special;
    }
    if (is_integer_text(text)) {
        return yaml_kind::integer;
    }
    if (is_real(text)) {
        return yaml_kind::real;
    }
    return is_timestamp(text) ? yaml_kind::timestamp : yaml_kind::text;
}

json::value value_of_plain(std::string_view text) {
    switch (kind_of_plain(text)) {
    case yaml_kind::null:
        return nullptr;
    case yaml_kind::boolean:
        return is_word_of(text, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"});
    case yaml_kind::integer:
        if (auto value = integer_value(text)) {
            return std::move(*value);
        }
        break;
    case yaml_kind::real:
        return real_value(text);
    default:
        break;
    }
    return json::string(text);
}

} // namespace outrider
