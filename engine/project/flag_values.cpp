#include "engine/project/flag_values.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/project/references.hpp"
#include "engine/text/path_text.hpp"
#include "engine/text/python_number.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr int deepest_reference = 8;

failure invalid(const std::string& flag, const std::string& why) {
    return {errc::bad_input, "invalid value for " + flag + ": " + why};
}

failure no_batches(const std::string& flag, const std::string& value) {
    return {errc::unsupported, "batch runs are not supported yet: flag '" + flag + "' is " + value +
                                   "\nGive it a single value: " + flag + "=VALUE"};
}

json::value decode_typed(const flag_def* flag, const std::string& text) {
    if (flag == nullptr || (flag->type != "string" && !flag->type.ends_with("path"))) {
        return decode_flag(text);
    }
    // Text that is asked for stays as it was typed; a list would still be a batch.
    json::value value = decode_flag(text);
    return value.is_array() ? value : json::value(json::string(text));
}

failure unsupported_flag(const operation_def& op, const std::string& name) {
    return {errc::bad_input, "unsupported flag '" + name + "'\nTry '{program} run " +
                                 op.full_name() +
                                 " --help-op' for a list of flags or use --force-flags to skip "
                                 "this check."};
}

result<flag_map> parse_typed(const operation_def& op, const std::vector<std::string>& typed,
                             bool any_name) {
    flag_map out;
    for (const auto& word : typed) {
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0) {
            return failure(errc::bad_input, "invalid argument '" + word + "' - expected NAME=VAL");
        }
        const std::string name = word.substr(0, equals);
        const std::string text = word.substr(equals + 1);
        const flag_def* flag = op.find_flag(name);
        if (flag == nullptr && !any_name) {
            return unsupported_flag(op, name);
        }
        if (text.starts_with('@')) {
            return failure(errc::unsupported, "batch files are not supported yet: " + word);
        }
        if (is_flag_function(text) && (flag == nullptr || flag->type != "string")) {
            return no_batches(name, text);
        }
        out[name] = decode_typed(flag, text);
    }
    return out;
}

json::value without_alias(const flag_def& flag, const json::value& value) {
    for (const auto& choice : flag.choices) {
        if (!choice.alias.empty() && value.is_string() && value.get_string() == choice.alias) {
            return choice.value;
        }
    }
    return value;
}

// `${other}` in a value stands for another flag's value; alone it keeps that value's type.
json::value resolve_value(const json::value& value, const flag_map& all, int depth) {
    const auto* text = value.if_string();
    if (text == nullptr || depth > deepest_reference) {
        return value;
    }
    if (const auto name = whole_reference(*text)) {
        const auto found = all.find(*name);
        return found == all.end() ? value : resolve_value(found->second, all, depth + 1);
    }
    return json::string(
        resolve_references(*text, [&](const std::string& name) -> std::optional<std::string> {
            const auto found = all.find(name);
            if (found == all.end()) {
                return std::nullopt;
            }
            return argument_text(resolve_value(found->second, all, depth + 1));
        }));
}

result<json::value> as_boolean(const std::string& name, const json::value& value) {
    if (value.is_bool()) {
        return value;
    }
    if (value.is_int64() || value.is_double()) {
        return json::value(value.to_number<double>() != 0);
    }
    return invalid(name, "invalid value for type 'boolean': " + format_flag(value));
}

result<json::value> coerce(const flag_def& flag, const json::value& value,
                           const flag_rules& rules) {
    const failure wrong =
        invalid(flag.name, "invalid value for type '" + flag.type + "': " + format_flag(value));
    const bool number = value.is_number();
    if (flag.type.empty() || value.is_null()) {
        return value;
    }
    if (flag.type == "string") {
        return value.is_string() ? value : json::value(json::string(argument_text(value)));
    }
    if (flag.type == "int") {
        return value.is_int64() ? result<json::value>(value) : wrong;
    }
    if (flag.type == "float") {
        return number ? result<json::value>(json::value(value.to_number<double>())) : wrong;
    }
    if (flag.type == "number") {
        return number ? result<json::value>(value) : wrong;
    }
    if (flag.type == "boolean") {
        return as_boolean(flag.name, value);
    }
    if (flag.type == "path" || flag.type == "existing-path") {
        const std::string path = argument_text(value);
        const std::string absolute = absolute_path(path, rules.directory, rules.home);
        std::error_code ec;
        if (flag.type == "existing-path" && !std::filesystem::exists(absolute, ec)) {
            return invalid(flag.name, path + " does not exist");
        }
        return json::value(json::string(path.empty() ? path : absolute));
    }
    return value;
}

bool same_value(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) {
        return a.to_number<double>() == b.to_number<double>();
    }
    return a == b;
}

result<> check_choice(const flag_def& flag, const json::value& value) {
    const auto fits = [&](const flag_choice& choice) { return same_value(choice.value, value); };
    if (flag.choices.empty() || flag.allow_other || std::ranges::any_of(flag.choices, fits)) {
        return {};
    }
    std::string all;
    for (const auto& choice : flag.choices) {
        all += "\n  " + (choice.alias.empty() ? format_flag(choice.value) : choice.alias) +
               (choice.description.empty() ? "" : "  ") + choice.description;
    }
    return failure(errc::bad_input, "Unsupported value for '" + flag.name +
                                        "' - supported values are:\n" + all +
                                        "\n\nRun the command again using one of these options.");
}

result<> check_bounds(const flag_def& flag, const json::value& value) {
    if (!value.is_number()) {
        return {};
    }
    const auto shown = [](double bound) {
        return bound == std::floor(bound) && std::abs(bound) < 1e15
                   ? std::to_string(static_cast<std::int64_t>(bound))
                   : python_float(bound);
    };
    const auto number = value.to_number<double>();
    if (flag.min && number < *flag.min) {
        return invalid(flag.name, "out of range (less than min " + shown(*flag.min) + ")");
    }
    if (flag.max && number > *flag.max) {
        return invalid(flag.name, "out of range (greater than max " + shown(*flag.max) + ")");
    }
    return {};
}

result<json::value> check_flag(const flag_def& flag, const json::value& value,
                               const flag_rules& rules) {
    if (value.is_array()) {
        return no_batches(flag.name, format_flag(value));
    }
    auto typed = coerce(flag, without_alias(flag, value), rules);
    if (rules.force) {
        return typed ? typed : value;
    }
    if (!typed || typed->is_null()) {
        return typed;
    }
    if (auto good = check_choice(flag, *typed); !good) {
        return good.error();
    }
    if (auto good = check_bounds(flag, *typed); !good) {
        return good.error();
    }
    return typed;
}

// What the agent puts in for these words must not come out of a value that a user typed.
result<> check_placeholders(const flag_map& all) {
    for (const auto& [name, value] : all) {
        for (const char* word : {"${python_exe}", "${support_dir}", "${run_dir}", "${home}"}) {
            if (value.is_string() && value.get_string().find(word) != json::string::npos) {
                return invalid(name, std::string(word) + " is reserved and cannot be part of it");
            }
        }
    }
    return {};
}

result<> check_required(const operation_def& op, const flag_map& all) {
    std::string missing;
    for (const auto& flag : op.flags) {
        const json::value& value = all.at(flag.name);
        const bool empty = value.is_null() || (value.is_string() && value.get_string().empty());
        if (flag.required && empty) {
            missing +=
                "\n  " + flag.name + (flag.description.empty() ? "" : "  ") + flag.description;
        }
    }
    if (missing.empty()) {
        return {};
    }
    return failure(errc::bad_input, "Operation requires the following missing flags:\n" + missing +
                                        "\n\nRun the command again with these flags specified as "
                                        "NAME=VAL.");
}

} // namespace

result<flag_values> resolve_flags(const operation_def& op, const std::vector<std::string>& typed,
                                  const flag_rules& rules) {
    auto user = parse_typed(op, typed, rules.any_name || rules.force);
    if (!user) {
        return user.error();
    }
    flag_values out{.user = *user};
    for (const auto& flag : op.flags) {
        out.all[flag.name] = flag.default_value;
    }
    for (const auto& [name, value] : out.user) {
        out.all[name] = value;
    }
    const flag_map raw = out.all;
    for (auto& [name, value] : out.all) {
        const flag_def* declared = op.find_flag(name);
        const flag_def flag = declared != nullptr ? *declared : flag_def{.name = name};
        auto checked = check_flag(flag, resolve_value(value, raw, 0), rules);
        if (!checked) {
            return checked.error();
        }
        value = std::move(*checked);
    }
    if (auto good = check_placeholders(out.all); !good) {
        return good.error();
    }
    if (auto good = check_required(op, out.all); !good && !rules.force) {
        return good.error();
    }
    return out;
}

} // namespace outrider
