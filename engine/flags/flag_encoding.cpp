#include "engine/flags/flag_encoding.hpp"

#include "engine/search/flag_function.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/path_text.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/yaml_characters.hpp"
#include "engine/text/yaml_scalar.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::size_t shown_decimals = 5;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view without_sign(std::string_view text) {
    return text.starts_with('+') || text.starts_with('-') ? text.substr(1) : text;
}

// Python's int(): decimal digits with a sign, of any number.
std::optional<json::value> whole_number(std::string_view text) {
    return integer_of(without_sign(text), 10, text.starts_with('-'));
}

// Python's float() of a number: also `1.` and `.5`.
std::optional<double> decimal_number(std::string_view text) {
    const auto digits = without_sign(text);
    if (digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos ||
        digits.find_first_of("0123456789.") != 0) {
        return std::nullopt;
    }
    double value = 0;
    const char* end = digits.data() + digits.size();
    const auto got = std::from_chars(digits.data(), end, value);
    if (got.ptr != end || got.ec == std::errc::invalid_argument) {
        return std::nullopt;
    }
    if (got.ec == std::errc::result_out_of_range) {
        // Too large, or too small, for a double.
        const auto e = digits.find_first_of("eE");
        const bool small = e != std::string_view::npos && digits.substr(e + 1).starts_with('-');
        value = small ? 0.0 : std::numeric_limits<double>::infinity();
    }
    return text.starts_with('-') ? -value : value;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](char x, char y) { return std::tolower(static_cast<unsigned char>(x)) == y; });
}

// The words that Python's float() takes beside numbers.
std::optional<double> special_float(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (equals_ignoring_case(text, "inf") || equals_ignoring_case(text, "infinity")) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return negative ? -infinity : infinity;
    }
    if (equals_ignoring_case(text, "nan")) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    return std::nullopt;
}

bool looks_like_number_with_marks(std::string_view text) {
    return text.find_first_of("_:") != std::string_view::npos &&
           text.find_first_not_of("0123456789_:.+-eE") == std::string_view::npos;
}

std::string cut_decimals(const std::string& text) {
    const auto dot = text.find('.');
    if (dot == std::string::npos) {
        return text;
    }
    const auto end = std::min(text.find_first_not_of("0123456789", dot + 1), text.size());
    const auto kept = std::min(end, dot + 1 + shown_decimals);
    return text.substr(0, kept) + text.substr(end);
}

std::string encoded(const json::value& value) {
    if (value.is_bool()) {
        return value.get_bool() ? "yes" : "no";
    }
    if (value.is_null()) {
        return "null";
    }
    std::string out;
    if (const auto* list = value.if_array()) {
        for (const auto& item : *list) {
            out += (out.empty() ? "" : ", ") + encoded(item);
        }
        return "[" + out + "]";
    }
    if (const auto digits = big_integer_digits(value)) {
        return std::string(*digits);
    }
    if (const auto* object = value.if_object()) {
        std::vector<std::string> members;
        for (const auto& member : *object) {
            members.push_back(yaml_flow(json::string(member.key())) + ": " +
                              encoded(member.value()));
        }
        std::ranges::sort(members);
        for (const auto& member : members) {
            out += (out.empty() ? "" : ", ") + member;
        }
        return "{" + out + "}";
    }
    return yaml_flow(value);
}

bool is_existing_path(const std::string& text, const flag_look& look) {
    std::error_code ec;
    return text.find('/') != std::string::npos &&
           std::filesystem::exists(absolute_path(text, look.directory, "~"), ec);
}

// Parts of a path, with their leading slashes ("/", "/usr" -> "/usr").
std::vector<std::string> path_parts(const std::string& path) {
    std::vector<std::string> parts;
    std::string slashes;
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        if (end == at) {
            slashes += '/';
        } else {
            parts.push_back(slashes + path.substr(at, end - at));
            slashes.clear();
        }
        at = end + 1;
    }
    return parts;
}

std::size_t width(const std::string& text) {
    return to_characters(text).size();
}

std::size_t width_of(const std::vector<std::string>& parts) {
    std::size_t total = 0;
    for (const auto& part : parts) {
        total += width(part) + 1;
    }
    return total;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        out += (i == 0 ? "" : "/") + parts[i];
    }
    return out;
}

} // namespace

std::optional<json::value> decode_plain_flag(std::string_view text) {
    if (text.empty()) {
        return json::string();
    }
    const std::string_view core = trimmed(text);
    if (auto integer = whole_number(core)) {
        return std::move(*integer);
    }
    if (const auto real = decimal_number(core)) {
        return *real;
    }
    if (const auto real = special_float(core)) {
        return *real;
    }
    if (is_flag_function(core) || looks_like_number_with_marks(core)) {
        return json::string(core);
    }
    return core.find_first_of("[{'\"") == 0 ? std::nullopt : std::optional(value_of_plain(core));
}

json::value decode_word(std::string_view text) {
    auto value = decode_plain_flag(text);
    return value ? std::move(*value) : json::value(json::string(trimmed(text)));
}

json::value decode_typed(std::string_view text, std::string_view type, flag_decoder decode) {
    const std::string_view core = trimmed(text);
    if (type == "string" || type == "path" || type == "existing-path") {
        return core.find_first_of("[{'\"") == 0 ? decode(text) : json::value(json::string(text));
    }
    // Python takes single underscores between digits.
    std::string digits(core);
    if (digits.find("__") == std::string::npos && !digits.starts_with('_') &&
        !digits.ends_with('_')) {
        std::erase(digits, '_');
    }
    if (type == "int" || type == "number") {
        if (auto integer = whole_number(digits)) {
            return std::move(*integer);
        }
    }
    if (type == "float" || type == "number") {
        if (const auto real = decimal_number(digits)) {
            return *real;
        }
    }
    if (type == "boolean") {
        for (const auto& [word, meaning] :
             {std::pair{"yes", true}, std::pair{"no", false}, std::pair{"true", true},
              std::pair{"false", false}, std::pair{"on", true}, std::pair{"off", false}}) {
            if (equals_ignoring_case(core, word)) {
                return meaning;
            }
        }
    }
    return decode(text);
}

bool equal_values(const json::value& a, const json::value& b) {
    const auto number = [](const json::value& value) {
        return value.is_bool() ? std::optional(value.get_bool() ? 1.0 : 0.0) : number_of(value);
    };
    const auto left = number(a);
    const auto right = number(b);
    if (left && right && !(big_integer_digits(a) && big_integer_digits(b))) {
        return *left == *right;
    }
    return a == b;
}

std::string encode_flag(const json::value& value) {
    return encoded(value);
}

std::string format_flag(const json::value& value, const flag_look& look) {
    if (value.is_double() && look.cut_floats) {
        return cut_decimals(encoded(value));
    }
    const auto* string = value.if_string();
    if (string == nullptr) {
        return encoded(value);
    }
    json::value shown = value;
    if (look.shorten_paths && is_existing_path(std::string(*string), look)) {
        // The ellipsis would be escaped by the YAML encoding, so a short path stays as it is.
        return shorten_path(std::string(*string));
    }
    std::string text = encoded(shown);
    const bool quoted = !text.empty() && (text.front() == '\'' || text.front() == '"');
    return text.find(' ') != std::string::npos && !quoted ? python_string(text) : text;
}

std::string argument_text(const json::value& value) {
    if (value.is_bool()) {
        return value.get_bool() ? "1" : "";
    }
    if (value.is_null()) {
        return "";
    }
    if (const auto* text = value.if_string()) {
        return std::string(*text);
    }
    if (value.is_double()) {
        return python_float(value.get_double());
    }
    if (const auto digits = big_integer_digits(value)) {
        return std::string(*digits);
    }
    if (const auto* list = value.if_array()) {
        std::string out;
        for (const auto& item : *list) {
            out += (out.empty() ? "" : " ") + shell_quote(argument_text(item));
        }
        return out;
    }
    return value.is_object() ? yaml_flow(value) : json::serialize(value);
}

std::vector<std::string> split_flag(const json::value& value, const std::string& separator) {
    const std::string text = argument_text(value);
    if (separator.empty()) {
        auto words = shell_split(text);
        return words ? std::move(*words) : std::vector<std::string>{text};
    }
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(separator, at), text.size());
        if (end > at) {
            out.push_back(text.substr(at, end - at));
        }
        at = end + separator.size();
    }
    return out;
}

std::string shorten_path(const std::string& path, std::size_t limit) {
    std::vector<std::string> parts = path_parts(path);
    if (width(path) <= limit || parts.size() < 2) {
        return path;
    }
    std::vector<std::string> left;
    std::vector<std::string> right{parts.back()};
    parts.pop_back();
    // Of a relative path the first part always stays, too.
    bool take_right = parts.front().front() != '/';
    if (take_right) {
        left.push_back(parts.front());
        parts.erase(parts.begin());
    }
    while (!parts.empty()) {
        const std::string part = take_right ? parts.back() : parts.front();
        if (width_of(left) + width_of(right) + width(part) + 1 >= limit) {
            break;
        }
        if (take_right) {
            right.insert(right.begin(), part);
            parts.pop_back();
        } else {
            left.push_back(part);
            parts.erase(parts.begin());
        }
        take_right = !take_right;
    }
    std::string out = joined(left) + "/…/" + joined(right);
    return width(out) >= width(path) ? path : out;
}

} // namespace outrider
