#include "engine/text/python_number.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cmath>

namespace outrider {
namespace {

std::string with_exponent(const std::string& digits, int exponent) {
    std::string out = digits.substr(0, 1);
    if (digits.size() > 1) {
        out += "." + digits.substr(1);
    }
    const std::string power = std::to_string(std::abs(exponent));
    out += exponent < 0 ? "e-" : "e+";
    return out + (power.size() < 2 ? "0" : "") + power;
}

std::string with_point(const std::string& digits, int exponent) {
    const auto count = static_cast<int>(digits.size());
    if (exponent < 0) {
        return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    }
    if (exponent + 1 >= count) {
        return digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0') + ".0";
    }
    const auto whole = static_cast<std::size_t>(exponent + 1);
    return digits.substr(0, whole) + "." + digits.substr(whole);
}

} // namespace

std::string python_float(double value) {
    if (std::isnan(value)) {
        return "nan";
    }
    if (std::isinf(value)) {
        return value < 0 ? "-inf" : "inf";
    }
    // The shortest digits that read back as the same number, as JSON has them: 1.25E-3. The
    // standard library's tables for the same are as large as a quarter of the agent.
    const std::string text = boost::json::serialize(boost::json::value(std::abs(value)));
    const auto mark = text.find('E');
    std::string digits = text.substr(0, 1);
    if (mark > 2) {
        digits += text.substr(2, mark - 2);
    }
    const int exponent = std::stoi(text.substr(mark + 1));
    const std::string sign = std::signbit(value) ? "-" : "";
    // Python changes to an exponent below 1e-4 and from 1e16 on.
    return sign + (exponent < -4 || exponent >= 16 ? with_exponent(digits, exponent)
                                                   : with_point(digits, exponent));
}

std::string python_string(std::string_view text) {
    const bool has_single = text.find('\'') != std::string_view::npos;
    const bool has_double = text.find('"') != std::string_view::npos;
    const char quote = has_single && !has_double ? '"' : '\'';
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string out(1, quote);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == quote || c == '\\') {
            out += {'\\', c};
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\r') {
            out += "\\r";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\x";
            out += {hex[byte >> 4], hex[byte & 15]};
        } else {
            out.push_back(c);
        }
    }
    return out + quote;
}

} // namespace outrider
