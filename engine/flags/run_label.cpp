#include "engine/flags/run_label.hpp"

#include "engine/flags/flag_encoding.hpp"
#include "engine/text/references.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace outrider {
namespace {

namespace json = boost::json;

flag_look label_look(const std::string& directory) {
    return {.cut_floats = true, .shorten_paths = true, .directory = directory};
}

std::string unquoted(const std::string& text) {
    if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
        text.front() == text.back()) {
        return text.substr(1, text.size() - 2);
    }
    return text;
}

/// What is put in between the percent sign and the conversion: flags, a width, a precision.
bool is_number_format(std::string_view format) {
    const auto body = format.substr(1, format.size() - 2);
    constexpr std::size_t longest = 12; // no label needs more, and widths stay small
    const auto dot = body.find('.');
    const auto width = body.find_first_not_of("-+ #0");
    const auto digits = [](std::string_view text) {
        return text.size() <= 3 && text.find_first_not_of("0123456789") == text.npos;
    };
    return body.size() <= longest &&
           (width == body.npos || width == dot || digits(body.substr(width, dot - width))) &&
           (dot == body.npos || digits(body.substr(dot + 1)));
}

template <class Number>
std::string printed(const std::string& format, Number number) {
    std::array<char, 1400> out{}; // a double has 309 digits, the format adds 999 at most
    const int size = std::snprintf(out.data(), out.size(), format.c_str(), number);
    return {out.data(), std::min(static_cast<std::size_t>(std::max(size, 0)), out.size() - 1)};
}

// `%.2f` and its kind, applied to a number; a format that does not fit leaves the value as it is.
std::string formatted(std::string format, const json::value& value, const std::string& shown) {
    if (format.size() < 2 || !is_number_format(format)) {
        return shown;
    }
    const char conversion = format.back();
    if (std::string_view("eEfFgG").find(conversion) != std::string_view::npos &&
        value.is_number()) {
        return printed(format, value.to_number<double>());
    }
    if (std::string_view("dixXo").find(conversion) != std::string_view::npos && value.is_int64()) {
        format.insert(format.size() - 1, "ll");
        return printed(format, static_cast<long long>(value.get_int64()));
    }
    return conversion == 's' && format.size() > 2 ? printed(format, shown.c_str()) : shown;
}

std::string filtered(const std::string& filter, const json::value& value, std::string shown) {
    if (filter.starts_with('%')) {
        return formatted(filter, value, shown);
    }
    if (filter.starts_with("default:")) {
        return value.is_null() || shown.empty() ? filter.substr(8) : shown;
    }
    if (filter == "basename") {
        std::string text = value.is_string() ? std::string(value.get_string()) : shown;
        text.erase(text.find_last_not_of('/') + 1);
        return text.substr(text.rfind('/') + 1);
    }
    return filter == "unquote" ? unquoted(shown) : shown;
}

} // namespace

std::string default_label(const flag_map& flags, const std::string& directory) {
    std::string out;
    for (const auto& [name, value] : flags) {
        if (!value.is_null()) {
            out +=
                (out.empty() ? "" : " ") + name + "=" + format_flag(value, label_look(directory));
        }
    }
    return out;
}

std::string label_from(const std::string& text, const flag_map& flags,
                       const std::string& directory) {
    return resolve_references(text, [&](const std::string& reference) {
        const auto bar = reference.find('|');
        const std::string name = reference.substr(0, bar);
        const auto found = flags.find(name);
        json::value value = found == flags.end() ? json::value() : found->second;
        std::string shown = value.is_null() ? "" : format_flag(value, label_look(directory));
        if (name == "default_label" && found == flags.end()) {
            shown = default_label(flags, directory);
            value = json::string(shown);
        }
        for (auto at = bar; at != std::string::npos;) {
            const auto next = reference.find('|', at + 1);
            shown =
                filtered(reference.substr(at + 1, next == std::string::npos ? next : next - at - 1),
                         value, shown);
            at = next;
        }
        return std::optional(shown);
    });
}

} // namespace outrider
