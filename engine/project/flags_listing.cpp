#include "engine/project/flags_listing.hpp"

#include "engine/project/flag_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace outrider {
namespace {

namespace json = boost::json;

json::value text_or_nothing(const std::string& text) {
    return text.empty() ? json::value() : json::value(json::string(text));
}

json::value mapping_or_nothing(const json::object& mapping) {
    return mapping.empty() ? json::value() : json::value(mapping);
}

std::string shown_value(const json::value& value) {
    return value.is_null() ? std::string() : encode_flag(value);
}

json::value written(const flag_def& flag, const char* key) {
    const auto* value = flag.written.if_contains(key);
    return value != nullptr ? *value : json::value();
}

flag_tested listed(const flag_def& flag) {
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
    flag_tested out{.name = flag.name};
    for (const auto& [name, value] : attributes) {
        out.settings.push_back({.name = name, .description = shown_value(value)});
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

flags_tested flags_listing(const operation_def& op) {
    flags_tested out{.flags_dest = op.flags_dest, .flags_import = shown_value(imports_of(op))};
    std::ranges::transform(op.flags, std::back_inserter(out.flags), listed);
    std::ranges::sort(out.flags, {}, &flag_tested::name);
    return out;
}

} // namespace outrider
