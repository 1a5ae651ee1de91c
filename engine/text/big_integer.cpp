#include "engine/text/big_integer.hpp"

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

// YAML, JSON files and arguments of processes have no NUL byte in a name unless one tries hard.
constexpr std::string_view big_name("\0integer", 8);

std::optional<unsigned> digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? std::optional<unsigned>(c - 'A' + 10) : std::nullopt;
}

// Decimal digits of a number in another base: schoolbook, least significant part first.
std::string decimal(std::string_view digits, unsigned base) {
    constexpr std::uint64_t part_limit = 1'000'000'000; // nine decimal digits
    std::vector<std::uint64_t> parts{0};
    for (const char c : digits) {
        std::uint64_t carry = *digit_of(c);
        for (auto& part : parts) {
            carry += part * base;
            part = carry % part_limit;
            carry /= part_limit;
        }
        if (carry != 0) {
            parts.push_back(carry);
        }
    }
    std::string out = std::to_string(parts.back());
    for (auto part = parts.rbegin() + 1; part != parts.rend(); ++part) {
        const std::string text = std::to_string(*part);
        out += std::string(9 - text.size(), '0') + text;
    }
    return out;
}

} // namespace

std::optional<json::value> integer_of(std::string_view digits, int base, bool negative) {
    constexpr std::size_t most_digits = 5'000; // as many as Python converts, and some more
    if (digits.empty() || digits.size() > most_digits) {
        return std::nullopt;
    }
    for (const char c : digits) {
        const auto digit = digit_of(c);
        if (!digit || *digit >= static_cast<unsigned>(base)) {
            return std::nullopt;
        }
    }
    const std::string signed_digits = (negative ? "-" : "") + std::string(digits);
    std::int64_t small = 0;
    const char* end = signed_digits.data() + signed_digits.size();
    if (std::from_chars(signed_digits.data(), end, small, base).ec == std::errc()) {
        return json::value(small);
    }
    json::object big;
    big.emplace(big_name, (negative ? "-" : "") + decimal(digits, static_cast<unsigned>(base)));
    return json::value(std::move(big));
}

std::optional<std::string_view> big_integer_digits(const json::value& value) {
    const auto* object = value.if_object();
    const auto* digits = object != nullptr ? object->if_contains(big_name) : nullptr;
    return digits != nullptr && digits->is_string()
               ? std::optional<std::string_view>(digits->get_string())
               : std::nullopt;
}

bool is_integer(const json::value& value) {
    return value.is_int64() || value.is_uint64() || big_integer_digits(value).has_value();
}

std::optional<double> number_of(const json::value& value) {
    if (value.is_number()) {
        return value.to_number<double>();
    }
    if (const auto digits = big_integer_digits(value)) {
        return std::strtod(std::string(*digits).c_str(), nullptr);
    }
    return std::nullopt;
}

} // namespace outrider
