#include "engine/project/flag_reader.hpp"

#include "engine/project/project_failure.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/value_text.hpp"

#include <boost/json/array.hpp>

namespace outrider {
namespace {

namespace json = boost::json;

result<std::optional<double>> read_bound(const std::string& flag, const json::object& data,
                                         const char* key) {
    const auto* value = data.if_contains(key);
    if (value == nullptr || value->is_null()) {
        return std::optional<double>();
    }
    if (!number_of(*value)) {
        return failure(errc::bad_input, "flag '" + flag + "': " + key + " must be a number");
    }
    return number_of(*value);
}

json::object mapping_at(const json::object& data, std::string_view key) {
    const auto* value = data.if_contains(key);
    return value != nullptr && value->is_object() ? value->get_object() : json::object();
}

result<> read_choices(const json::object& data, flag_def& out) {
    const auto* choices = data.if_contains("choices");
    if (choices == nullptr || choices->is_null()) {
        return {};
    }
    if (!choices->is_array()) {
        return project_failure("invalid flag choice data " + python_repr(*choices) +
                               ": expected a list of values or mappings");
    }
    for (const auto& item : choices->get_array()) {
        if (const auto* object = item.if_object()) {
            const auto* value = object->if_contains("value");
            if (value == nullptr) {
                return project_failure("missing required 'value' attribute in " +
                                       python_repr(item));
            }
            out.choices.push_back({.value = value != nullptr ? *value : json::value(),
                                   .alias = text_of(*object, "alias"),
                                   .description = text_of(*object, "description"),
                                   .flags = mapping_at(*object, "flags")});
        } else {
            out.choices.push_back({.value = item});
        }
    }
    return {};
}

std::optional<json::value> value_if_set(const json::object& data, std::string_view key) {
    const auto* value = data.if_contains(key);
    return value == nullptr || value->is_null() ? std::nullopt : std::optional(*value);
}

} // namespace

result<flag_def> read_flag(const std::string& name, const json::value& data) {
    flag_def out{.name = name};
    const auto* object = data.if_object();
    if (object == nullptr || big_integer_digits(data)) {
        out.default_value = data;
        if (!data.is_null()) {
            out.written["default"] = data;
        }
        return out;
    }
    out.written = *object;
    out.description = text_of(*object, "description");
    out.default_value = value_if_set(*object, "default").value_or(json::value());
    out.type = text_of(*object, "type");
    if (out.type == "auto") {
        out.type.clear();
    }
    out.required = is_set(*object, "required");
    out.allow_other = is_set(*object, "allow-other");
    out.arg_name = text_of(*object, "arg-name");
    out.arg_skip = is_set(*object, "arg-skip");
    out.arg_switch = value_if_set(*object, "arg-switch");
    out.arg_switch_off = text_of(*object, "arg-switch-off");
    out.arg_split = value_if_set(*object, "arg-split");
    out.arg_skip_value = value_if_set(*object, "arg-skip-value");
    out.env_name = text_of(*object, "env-name");
    out.alias = text_of(*object, "alias");
    out.null_label = text_of(*object, "null-label");
    for (const auto& [key, into] : {std::pair{"arg-encoding", &out.arg_encoding},
                                    std::pair{"env-encoding", &out.env_encoding}}) {
        if (is_set(*object, key) && !object->at(key).is_object()) {
            return failure(errc::unsupported,
                           "flag '" + name + "': " + key + " must be a mapping of values");
        }
        *into = mapping_at(*object, key);
    }
    auto min = read_bound(name, *object, "min");
    auto max = read_bound(name, *object, "max");
    if (!min || !max) {
        return min ? max.error() : min.error();
    }
    out.min = *min;
    out.max = *max;
    if (auto read = read_choices(*object, out); !read) {
        return read.error();
    }
    return out;
}

} // namespace outrider
