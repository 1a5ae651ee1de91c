#include "engine/flags/config_text.hpp"

#include "engine/flags/flag_encoding.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

// As Python's `json` writes it, keys sorted.
std::string config_json(const json::value& value) {
    if (const auto digits = big_integer_digits(value)) {
        return std::string(*digits);
    }
    std::string out;
    if (const auto* object = value.if_object()) {
        std::vector<std::string> members;
        for (const auto& member : *object) {
            members.push_back(json::serialize(member.key()) + ": " + config_json(member.value()));
        }
        std::ranges::sort(members);
        for (const auto& member : members) {
            out += (out.empty() ? "" : ", ") + member;
        }
        return "{" + out + "}";
    }
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array) {
            out += (out.empty() ? "" : ", ") + config_json(item);
        }
        return "[" + out + "]";
    }
    return value.is_double() ? python_float(value.get_double()) : json::serialize(value);
}

// As Python's `str` has it; a text in a collection is quoted.
std::string config_value(const json::value& value, bool inside = false) {
    switch (value.kind()) {
    case json::kind::null:
        return "None";
    case json::kind::bool_:
        return value.get_bool() ? "True" : "False";
    case json::kind::double_:
        return python_float(value.get_double());
    case json::kind::string: {
        const std::string text(value.get_string());
        return inside ? python_string(text) : text;
    }
    case json::kind::array: {
        std::string out;
        for (const auto& item : value.get_array()) {
            out += (out.empty() ? "" : ", ") + config_value(item, true);
        }
        return "[" + out + "]";
    }
    default:
        return argument_text(value);
    }
}

void add_config_values(const std::map<std::string, json::value>& values, std::string& out) {
    for (const auto& [name, value] : values) {
        std::string text = config_value(value);
        for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
            text.insert(at + 1, 1, '\t'); // otherwise it would not read back as one value
        }
        out += name + " = " + text + "\n";
    }
}

std::string config_ini(const json::object& config) {
    std::map<std::string, json::value> top;
    std::map<std::string, std::map<std::string, json::value>> sections;
    for (const auto& member : config) {
        const auto* section = member.value().if_object();
        if (section != nullptr && !big_integer_digits(member.value())) {
            auto& into = sections[member.key()];
            for (const auto& one : *section) {
                into.emplace(one.key(), one.value());
            }
        } else {
            top.emplace(member.key(), member.value());
        }
    }
    std::string out;
    if (!top.empty()) {
        out += "[DEFAULT]\n";
        add_config_values(top, out);
        out += "\n";
    }
    for (const auto& [name, values] : sections) {
        out += "[" + name + "]\n";
        add_config_values(values, out);
        out += "\n";
    }
    return out;
}

} // namespace

std::string config_text_of(config_format format, const json::object& config) {
    switch (format) {
    case config_format::yaml:
        return yaml_text(config);
    case config_format::ini:
        return config_ini(config);
    case config_format::json:
        break;
    }
    return config_json(config);
}

} // namespace outrider
