#include "engine/project/flag_values.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/search/flag_function.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/path_text.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/references.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr int deepest_reference = 8;

constexpr std::string_view known_types[] = {"int",    "float", "number",       "boolean",
                                            "string", "path",  "existing-path"};

failure invalid(const std::string& flag, const json::value& value, const std::string& why) {
    const std::string shown =
        value.is_string() ? std::string(value.get_string()) : encode_flag(value);
    return {errc::bad_input, "invalid value " + shown + " for " + flag + ": " + why};
}

// Rows of a name and what it means, names padded to the longest.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows) {
    std::size_t widest = 0;
    for (const auto& [name, meaning] : rows) {
        widest = std::max(widest, name.size());
    }
    std::string out;
    for (const auto& [name, meaning] : rows) {
        out += "\n  " + name;
        if (!meaning.empty()) {
            out += std::string(widest - name.size() + 2, ' ') + meaning;
        }
    }
    return out;
}

std::string separator_of(const flag_def& flag) {
    const auto* separator = flag.arg_split ? flag.arg_split->if_string() : nullptr;
    return separator != nullptr ? std::string(*separator) : std::string();
}

// A list as one value of a flag that is split into words.
std::string joined_parts(const flag_def& flag, const json::array& parts) {
    const std::string separator = separator_of(flag);
    if (separator.empty()) {
        return argument_text(parts);
    }
    std::string out;
    for (const auto& part : parts) {
        out += (out.empty() ? "" : separator) + argument_text(part);
    }
    return out;
}

json::value decode_typed(const flag_def* flag, const std::string& text) {
    if (flag == nullptr) {
        return decode_flag(text);
    }
    for (const auto& choice : flag->choices) {
        if (!choice.alias.empty() && choice.alias == text) {
            return choice.value;
        }
        // A choice that is text is meant by it, whatever else it looks like.
        if (choice.value.is_string() && choice.value.get_string() == text) {
            return choice.value;
        }
    }
    json::value value = decode_flag_as(text, flag->type);
    // What is spread over words has to come out as it was typed: `007`, `1.50`.
    const bool lossy = flag->splits() && !value.is_array() && !value.is_null() &&
                       !value.is_string() && argument_text(value) != text;
    return lossy ? json::value(json::string(text)) : value;
}

failure unsupported_flag(const operation_def& op, const std::string& name) {
    return {errc::bad_input, "unsupported flag '" + name + "'\nTry '{program} run " +
                                 op.full_name() +
                                 " --help-op' for a list of flags or use --force-flags to skip "
                                 "this check."};
}

const flag_def* flag_with_alias(const operation_def& op, const std::string& alias) {
    const auto found = std::ranges::find(op.flags, alias, &flag_def::alias);
    return alias.empty() || found == op.flags.end() ? nullptr : &*found;
}

struct typed_word {
    std::string name;
    std::string text;
};

result<std::vector<typed_word>> split_words(const std::vector<std::string>& typed) {
    std::vector<typed_word> out;
    std::string wrong;
    for (const auto& word : typed) {
        if (word.starts_with('@')) {
            continue; // a batch file
        }
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0) {
            wrong += "\n" + word;
            continue;
        }
        out.push_back({.name = word.substr(0, equals), .text = word.substr(equals + 1)});
    }
    if (!wrong.empty()) {
        return failure(errc::bad_input, "invalid argument(s):" + wrong + "\nexpected NAME=VAL");
    }
    return out;
}

bool stays_text(const flag_def* flag) {
    return flag != nullptr &&
           (flag->type == "string" || flag->type == "path" || flag->type == "existing-path");
}

// Adds what was typed to `out`: decoded, by the names of flags.
result<> parse_typed(const operation_def& op, const std::vector<typed_word>& typed,
                     const flag_rules& rules, flag_values& out) {
    const auto named = [&](const std::string& name) {
        return std::ranges::find(typed, name, &typed_word::name) != typed.end();
    };
    for (const auto& word : typed) {
        const flag_def* flag = op.find_flag(word.name);
        if (flag == nullptr) {
            flag = flag_with_alias(op, word.name);
        }
        if (flag == nullptr && !rules.any_name && !rules.force) {
            return unsupported_flag(op, word.name);
        }
        if (flag != nullptr && flag->name != word.name && named(flag->name) && !rules.force) {
            return failure(errc::bad_input, "cannot specify both alias '" + word.name +
                                                "' and name for flag '" + flag->name +
                                                "'\nUse --force-flags to skip this check.");
        }
        const std::string& name = flag != nullptr ? flag->name : word.name;
        json::value value = decode_typed(flag, word.text);
        out.literal.erase(name);
        if (const auto* text = value.if_string(); text != nullptr && is_flag_function(*text)) {
            // In quotation marks, or of a type that is text.
            if (!is_flag_function(word.text) || stays_text(flag)) {
                out.literal.insert(name);
            } else {
                expand_sequences(value, out.notes);
            }
        }
        out.user[name] = std::move(value);
    }
    return {};
}

// The choice of a value, whose flags count as well.
const flag_choice* choice_of(const flag_def& flag, const json::value& value) {
    const auto found = std::ranges::find_if(
        flag.choices, [&](const flag_choice& choice) { return equal_values(choice.value, value); });
    return found == flag.choices.end() ? nullptr : &*found;
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

// A typed word of what is spread over several, by the type of each.
bool parts_fit(const flag_def& flag, const json::value& value) {
    return std::ranges::all_of(split_flag(value, separator_of(flag)), [&](const auto& part) {
        const auto decoded = decode_flag_as(part, flag.type);
        return flag.type == "int" ? is_integer(decoded) : number_of(decoded).has_value();
    });
}

result<json::value> coerce_number(const flag_def& flag, const json::value& value,
                                  const failure& wrong) {
    if (flag.splits()) {
        return parts_fit(flag, value) ? result<json::value>(value) : wrong;
    }
    if (flag.type == "int") {
        return is_integer(value) ? result<json::value>(value) : wrong;
    }
    const auto number = number_of(value);
    if (!number) {
        return wrong;
    }
    return flag.type == "float" ? json::value(*number) : value;
}

result<json::value> coerce(const flag_def& flag, const json::value& value,
                           const flag_rules& rules) {
    const failure wrong = invalid(flag.name, value, "invalid value for type '" + flag.type + "'");
    if (flag.type.empty() || value.is_null()) {
        return value;
    }
    if (flag.type == "string") {
        return value.is_string() ? value : json::value(json::string(argument_text(value)));
    }
    if (flag.type == "int" || flag.type == "float" || flag.type == "number") {
        return coerce_number(flag, value, wrong);
    }
    if (flag.type == "boolean") {
        if (flag.splits() || value.is_bool()) {
            return value;
        }
        const auto number = number_of(value);
        return number ? result<json::value>(json::value(*number != 0)) : wrong;
    }
    if (flag.type == "path" || flag.type == "existing-path") {
        const std::string path = argument_text(value);
        if (path.empty()) {
            return json::value(json::string());
        }
        const json::value absolute = json::string(absolute_path(path, rules.directory, rules.home));
        std::error_code ec;
        if (flag.type == "existing-path" &&
            !std::filesystem::exists(std::string(absolute.get_string()), ec)) {
            return invalid(flag.name, absolute,
                           std::string(absolute.get_string()) + " does not exist");
        }
        return absolute;
    }
    return value;
}

result<> check_choice(const flag_def& flag, const json::value& value) {
    const bool nothing = value.is_string() && value.get_string().empty();
    if (flag.choices.empty() || flag.allow_other || nothing || choice_of(flag, value) != nullptr) {
        return {};
    }
    std::vector<std::pair<std::string, std::string>> rows;
    for (const auto& choice : flag.choices) {
        rows.emplace_back(choice.alias.empty() ? encode_flag(choice.value) : choice.alias,
                          choice.description);
    }
    return failure(errc::bad_input, "Unsupported value for '" + flag.name +
                                        "' - supported values are:\n" + two_columns(rows) +
                                        "\n\nRun the command again using one of these options.");
}

result<> check_bounds(const flag_def& flag, const json::value& value) {
    const auto number = number_of(value);
    if (!number) {
        return {};
    }
    const auto shown = [&](const char* key, double bound) {
        const auto* written = flag.written.if_contains(key);
        return written != nullptr ? encode_flag(*written) : python_float(bound);
    };
    if (flag.min && *number < *flag.min) {
        return invalid(flag.name, value,
                       "out of range (less than min " + shown("min", *flag.min) + ")");
    }
    if (flag.max && *number > *flag.max) {
        return invalid(flag.name, value,
                       "out of range (greater than max " + shown("max", *flag.max) + ")");
    }
    return {};
}

result<json::value> check_value(const flag_def& flag, const json::value& value,
                                const flag_rules& rules) {
    auto typed = coerce(flag, value, rules);
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

// A list is one of values to try: each of them is checked. What a function stands for is not known
// yet.
result<json::value> check_flag(const flag_def& flag, const json::value& value, bool literal,
                               const flag_rules& rules) {
    const auto* text = value.if_string();
    if (text != nullptr && !literal && is_flag_function(*text)) {
        return value;
    }
    const auto* list = value.if_array();
    if (list == nullptr) {
        return check_value(flag, value, rules);
    }
    json::array out;
    out.reserve(list->size());
    for (const auto& item : *list) {
        auto checked = item.is_array() || item.is_object() ? item : check_value(flag, item, rules);
        if (!checked) {
            return checked.error();
        }
        out.push_back(std::move(*checked));
    }
    return json::value(std::move(out));
}

// What the agent puts in for these words must not come out of a value that a user typed.
result<> check_placeholders(const flag_map& all) {
    for (const auto& [name, value] : all) {
        for (const char* word : {"${python_exe}", "${support_dir}", "${run_dir}", "${home}"}) {
            if (value.is_string() && value.get_string().find(word) != json::string::npos) {
                return invalid(name, value,
                               std::string(word) + " is reserved and cannot be part of it");
            }
        }
    }
    return {};
}

result<> check_required(const operation_def& op, const flag_map& all) {
    std::vector<std::pair<std::string, std::string>> missing;
    for (const auto& flag : op.flags) {
        const json::value& value = all.at(flag.name);
        const bool empty = value.is_null() || (value.is_string() && value.get_string().empty());
        if (flag.required && empty) {
            missing.emplace_back(flag.name,
                                 flag.description.substr(0, flag.description.find('\n')));
        }
    }
    if (missing.empty()) {
        return {};
    }
    std::ranges::sort(missing);
    return failure(errc::bad_input, "Operation requires the following missing flags:\n" +
                                        two_columns(missing) +
                                        "\n\nRun the command again with these flags or try "
                                        "'{program} run " +
                                        op.full_name() + " --help-op' for help.");
}

void warn_of_types(const operation_def& op, std::vector<std::string>& notes) {
    for (const auto& flag : op.flags) {
        if (!flag.type.empty() &&
            std::ranges::find(known_types, flag.type) == std::end(known_types)) {
            notes.push_back("unknown flag type '" + flag.type + "' for " + flag.name +
                            " - cannot coerce");
        }
    }
}

// The value that another name of a choice stands for, also where it is a default.
void resolve_alias(const flag_def& flag, json::value& value) {
    const auto* text = value.if_string();
    for (const auto& choice : flag.choices) {
        if (text != nullptr && !choice.alias.empty() && *text == choice.alias) {
            value = choice.value;
            return;
        }
    }
}

// What chosen values say of other flags, which counts unless the user says something else.
void add_choices(const operation_def& op, flag_values& flags) {
    for (const auto& flag : op.flags) {
        resolve_alias(flag, flags.all.at(flag.name));
        const flag_choice* choice = choice_of(flag, flags.all.at(flag.name));
        for (const auto& member : choice != nullptr ? choice->flags : json::object()) {
            const std::string name = member.key();
            if (!flags.user.contains(name)) {
                flags.all[name] = member.value();
            }
        }
    }
}

} // namespace

void expand_sequences(json::value& value, std::vector<std::string>& notes) {
    const auto* text = value.if_string();
    const auto function = text != nullptr ? read_flag_function(*text) : std::nullopt;
    if (!function || !is_sequence(*function)) {
        return;
    }
    auto values = expand_sequence(*function);
    if (!values) {
        notes.push_back("error decoding '" + std::string(*text) + "': " + values.error().context);
        return;
    }
    if (!values->note.empty()) {
        notes.push_back(values->note);
    }
    value = std::move(values->values);
}

result<flag_values> resolve_flags(const operation_def& op, const std::vector<std::string>& typed,
                                  const flag_rules& rules) {
    auto words = split_words(typed);
    if (!words) {
        return words.error();
    }
    flag_values out{.user = rules.given};
    if (auto parsed = parse_typed(op, *words, rules, out); !parsed) {
        return parsed.error();
    }
    warn_of_types(op, out.notes);
    for (const auto& flag : op.flags) {
        json::value& value = out.all[flag.name] = flag.default_value;
        if (out.user.contains(flag.name)) {
            continue;
        }
        if (value.is_string() && stays_text(&flag)) {
            out.literal.insert(flag.name);
        } else if (value.is_array() && flag.splits()) {
            value = json::string(joined_parts(flag, value.get_array()));
        } else {
            expand_sequences(value, out.notes);
        }
    }
    for (const auto& [name, value] : out.user) {
        out.all[name] = value;
    }
    add_choices(op, out);
    const flag_map raw = out.all;
    for (auto& [name, value] : out.all) {
        const flag_def* declared = op.find_flag(name);
        const flag_def flag = declared != nullptr ? *declared : flag_def{.name = name};
        auto checked =
            check_flag(flag, resolve_value(value, raw, 0), out.literal.contains(name), rules);
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
