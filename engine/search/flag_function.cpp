#include "engine/search/flag_function.hpp"

#include "engine/text/big_integer.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/yaml_scalar.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace outrider {
namespace {

namespace json = boost::json;

/// A sequence of more values is a slip of the pen, and would only fill the memory.
constexpr double longest_sequence = 1'000'000;
constexpr std::int64_t usual_count = 5; ///< of linspace and logspace, as in Guild
constexpr double usual_base = 10;       ///< of logspace
constexpr double rounded_above = 1e-8;  ///< smaller values would be rounded away
constexpr int rounded_decimals = 8;

constexpr std::array<std::string_view, 5> function_names{"range", "linspace", "logspace", "uniform",
                                                         "loguniform"};

std::string_view trim_argument(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Python's int() comes before YAML, to which `010` is octal.
json::value argument_value(std::string_view text) {
    text = trim_argument(text);
    const bool negative = text.starts_with('-');
    const auto digits = negative || text.starts_with('+') ? text.substr(1) : text;
    if (auto whole = integer_of(digits, 10, negative)) {
        return std::move(*whole);
    }
    return text.empty() ? json::value(json::string()) : value_of_plain(text);
}

std::vector<json::value> split_arguments(std::string_view inside) {
    std::vector<json::value> out;
    for (std::size_t at = 0; at <= inside.size();) {
        const auto end = std::min(inside.find(':', at), inside.size());
        out.push_back(argument_value(inside.substr(at, end - at)));
        at = end + 1;
    }
    return out;
}

bool is_function_name(std::string_view name) {
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    });
}

double rounded(double value) {
    if (std::fabs(value) <= rounded_above || !std::isfinite(value)) {
        return value;
    }
    // Correctly rounded from the exact value, as Python's round() is.
    std::array<char, 400> text{};
    std::snprintf(text.data(), text.size(), "%.*f", rounded_decimals, value);
    return std::strtod(text.data(), nullptr);
}

json::array rounded_list(const std::vector<double>& values) {
    json::array out;
    out.reserve(values.size());
    for (const double value : values) {
        out.emplace_back(rounded(value));
    }
    return out;
}

result<std::vector<json::value>> checked_arguments(const flag_function& function,
                                                   std::size_t least) {
    auto arguments = function.arguments;
    if (arguments.size() < least ||
        (arguments.size() == 1 && arguments.front() == json::value(json::string()))) {
        return failure(errc::bad_input,
                       "function requires at least " + std::to_string(least) + " arg(s)");
    }
    for (const auto& argument : arguments) {
        const auto number = number_of(argument);
        if (!number || !std::isfinite(*number)) {
            return failure(errc::bad_input,
                           "invalid arg " +
                               (argument.is_string() ? python_string(argument.get_string())
                                                     : json::serialize(argument)) +
                               ": expected a number");
        }
    }
    return arguments;
}

// What is more than the function takes is left out, and said.
std::string surplus_note(const flag_function& function, std::vector<json::value>& arguments,
                         std::size_t most) {
    if (arguments.size() <= most) {
        return {};
    }
    const std::vector<json::value> surplus(arguments.begin() + static_cast<std::ptrdiff_t>(most),
                                           arguments.end());
    arguments.resize(most);
    return "unsupported arguments for " + function.name + " function: " + python_tuple(surplus) +
           " - ignoring";
}

result<sequence_values> expand_range(const flag_function& function) {
    auto arguments = checked_arguments(function, 1);
    if (!arguments) {
        return arguments.error();
    }
    sequence_values out{.note = surplus_note(function, *arguments, 3)};
    const bool whole =
        std::ranges::all_of(*arguments, [](const auto& each) { return each.is_int64(); });
    const auto number = [&](std::size_t i) { return number_of((*arguments)[i]).value_or(0); };
    const double step = arguments->size() > 2 ? number(2) : 1;
    const double start = arguments->size() > 1 ? number(0) : 0;
    // With two arguments the end is one of the values, by a trick that may pass it.
    const double end = arguments->size() > 1 ? number(1) + std::min(step, 1.0) : number(0);
    if (step == 0) {
        return failure(errc::bad_input, "step cannot be 0");
    }
    const double count = std::ceil((end - start) / step);
    if (!(count <= longest_sequence)) {
        return failure(errc::bad_input, "too many values");
    }
    const auto values = static_cast<std::int64_t>(std::max(count, 0.0));
    for (std::int64_t i = 0; i < values; ++i) {
        const double value = start + (static_cast<double>(i) * step);
        out.values.push_back(whole ? json::value(static_cast<std::int64_t>(value))
                                   : json::value(rounded(value)));
    }
    return out;
}

// numpy.linspace: the last value is the end itself.
result<std::vector<double>> spread_values(const std::vector<json::value>& arguments) {
    const double start = number_of(arguments[0]).value_or(0);
    const double end = number_of(arguments[1]).value_or(0);
    const json::value count = arguments.size() > 2 ? arguments[2] : json::value(usual_count);
    if (!count.is_int64()) {
        return failure(errc::bad_input, "'float' object cannot be interpreted as an integer");
    }
    const std::int64_t values = count.get_int64();
    if (values < 0) {
        return failure(errc::bad_input,
                       "Number of samples, " + std::to_string(values) + ", must be non-negative.");
    }
    if (static_cast<double>(values) > longest_sequence) {
        return failure(errc::bad_input, "too many values");
    }
    std::vector<double> out;
    const double step = values > 1 ? (end - start) / static_cast<double>(values - 1) : 0;
    for (std::int64_t i = 0; i < values; ++i) {
        out.push_back((static_cast<double>(i) * step) + start);
    }
    if (values > 1) {
        out.back() = end;
    }
    return out;
}

result<sequence_values> expand_space(const flag_function& function) {
    const bool logarithmic = function.name == "logspace";
    auto arguments = checked_arguments(function, 2);
    if (!arguments) {
        return arguments.error();
    }
    sequence_values out{.note = surplus_note(function, *arguments, logarithmic ? 4 : 3)};
    auto values = spread_values(*arguments);
    if (!values) {
        return values.error();
    }
    if (logarithmic) {
        const double base =
            arguments->size() > 3 ? number_of((*arguments)[3]).value_or(usual_base) : usual_base;
        for (double& value : *values) {
            value = std::pow(base, value);
        }
    }
    out.values = rounded_list(*values);
    return out;
}

} // namespace

std::optional<flag_function> read_flag_function(std::string_view text) {
    text = trim_argument(text);
    const auto open = text.find('[');
    if (open == std::string_view::npos || !text.ends_with(']')) {
        return std::nullopt;
    }
    const auto name = text.substr(0, open);
    const auto inside = text.substr(open + 1, text.size() - open - 2);
    if (name.empty()) {
        // `[1:10]` is a range to search; `[{a: 1}]` and `["a:b"]` are lists.
        if (inside.find(':') == std::string_view::npos ||
            inside.find_first_of(",[]{}\"' ") != std::string_view::npos) {
            return std::nullopt;
        }
        return flag_function{.name = "uniform", .arguments = split_arguments(inside)};
    }
    const bool known = std::ranges::find(function_names, name) != function_names.end();
    if (!is_function_name(name) || (!known && inside.find(':') == std::string_view::npos)) {
        return std::nullopt;
    }
    return flag_function{.name = std::string(name), .arguments = split_arguments(inside)};
}

bool is_flag_function(std::string_view text) {
    return read_flag_function(text).has_value();
}

bool is_sequence(const flag_function& function) {
    return function.name == "range" || function.name == "linspace" || function.name == "logspace";
}

result<sequence_values> expand_sequence(const flag_function& function) {
    return function.name == "range" ? expand_range(function) : expand_space(function);
}

std::string python_tuple(const std::vector<json::value>& values) {
    std::string out;
    for (const auto& value : values) {
        out += out.empty() ? "" : ", ";
        if (const auto digits = big_integer_digits(value)) {
            out += *digits;
        } else if (value.is_double()) {
            out += python_float(value.get_double());
        } else if (const auto* text = value.if_string()) {
            out += python_string(*text);
        } else if (value.is_null()) {
            out += "None";
        } else if (value.is_bool()) {
            out += value.get_bool() ? "True" : "False";
        } else {
            out += json::serialize(value);
        }
    }
    return "(" + out + (values.size() == 1 ? ",)" : ")");
}

} // namespace outrider
