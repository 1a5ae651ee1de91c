#include "engine/project/run_label.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/project/references.hpp"

#include <fmt/printf.h>

#include <stdexcept>

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

// `%.2f` and its kind, applied to a number; a format that does not fit leaves the value as it is.
std::string formatted(const std::string& format, const json::value& value,
                      const std::string& shown) {
    try {
        const char conversion = format.back();
        if (std::string_view("eEfFgG").find(conversion) != std::string_view::npos &&
            value.is_number()) {
            return fmt::sprintf(format, value.to_number<double>());
        }
        if (std::string_view("dixXo").find(conversion) != std::string_view::npos &&
            value.is_int64()) {
            return fmt::sprintf(format, value.get_int64());
        }
        if (conversion == 's') {
            return fmt::sprintf(format, shown);
        }
    } catch (const std::exception&) {
        // Not a format that printf knows.
    }
    return shown;
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
