#include "engine/runs/yaml_text.hpp"

#include <boost/json.hpp>

#include <map>

namespace outrider {
namespace {

// JSON strings are YAML double-quoted scalars, which every reader accepts.
std::string scalar(const boost::json::value& value) {
    if (value.is_string()) {
        const std::string_view text(value.get_string());
        const bool plain =
            !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                                                    "UVWXYZ_/") == text.npos;
        if (plain) {
            return std::string(text);
        }
    }
    return boost::json::serialize(value);
}

} // namespace

std::string yaml_text(const boost::json::value& value) {
    std::string out;
    if (value.is_object() && !value.get_object().empty()) {
        std::map<std::string, std::string> sorted;
        for (const auto& item : value.get_object()) {
            sorted[scalar(boost::json::value(item.key()))] = scalar(item.value());
        }
        for (const auto& [name, text] : sorted) {
            out += name + ": " + text + "\n";
        }
        return out;
    }
    if (value.is_array() && !value.get_array().empty()) {
        for (const auto& item : value.get_array()) {
            out += "- " + scalar(item) + "\n";
        }
        return out;
    }
    return scalar(value) + "\n";
}

} // namespace outrider
