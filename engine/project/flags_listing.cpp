#include "engine/project/flags_listing.hpp"

#include "engine/project/flag_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

json::value text_or_nothing(const std::string& text) {
    return text.empty() ? json::value() : json::value(json::string(text));
}

json::value mapping_or_nothing(const json::object& mapping) {
    return mapping.empty() ? json::value() : json::value(mapping);
}

std::string line(const std::string& name, const json::value& value) {
    return name + ":" + (value.is_null() ? "" : " " + encode_flag(value)) + "\n";
}

json::value written(const flag_def& flag, const char* key) {
    const auto* value = flag.written.if_contains(key);
    return value != nullptr ? *value : json::value();
}

std::string listed(const flag_def& flag) {
    json::array choices;
    for (const auto& choice : flag.choices) {
        choices.push_back(choice.value);
    }
    const std::pair<const char*, json::value> attributes[] = {
        {"default", flag.default_value},
        {"type", text_or_nothing(flag.type)},
        {"required", flag.required},
        {"arg-name", text_or_nothing(flag.arg_name)},
        {"arg-skip", flag.arg_skip ? json::value(true) : json::value()},
        {"arg-switch", flag.arg_switch.value_or(json::value())},
        {"arg-split", flag.arg_split.value_or(json::value())},
        {"arg-encoding", mapping_or_nothing(flag.arg_encoding)},
        {"env-name", text_or_nothing(flag.env_name)},
        {"env-encoding", mapping_or_nothing(flag.env_encoding)},
        {"choices", choices},
        {"allow-other", flag.allow_other},
        {"distribution", written(flag, "distribution")},
        {"max", written(flag, "max")},
        {"min", written(flag, "min")},
        {"null-label", text_or_nothing(flag.null_label)},
    };
    std::string out = "  " + flag.name + ":\n";
    for (const auto& [name, value] : attributes) {
        out += "    " + line(name, value);
    }
    return out;
}

json::value imports_of(const operation_def& op) {
    if (op.imports.all) {
        return true;
    }
    json::array names;
    for (const auto& name : op.imports.names) {
        names.emplace_back(json::string(name));
    }
    return op.imports.said ? json::value(std::move(names)) : json::value();
}

} // namespace

std::string flags_listing(const operation_def& op) {
    auto flags = op.flags;
    std::ranges::sort(flags, {}, &flag_def::name);
    std::string out = line("flags-dest", text_or_nothing(op.flags_dest)) +
                      line("flags-import", imports_of(op)) + "flags:\n";
    for (const auto& flag : flags) {
        out += listed(flag);
    }
    return out;
}

} // namespace outrider
