#include "engine/project/operation_command.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/text/shell_words.hpp"

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

bool takes_yaml(const std::string& dest) {
    return dest == "globals" || dest.starts_with("global:") || dest.starts_with("dict:") ||
           dest.starts_with("namespace:");
}

result<std::vector<std::string>> command_template(const operation_def& op) {
    if (!op.exec.empty()) {
        std::vector<std::string> words = op.exec;
        std::ranges::replace(words, std::string("${flag_args}"), flag_args);
        return words;
    }
    auto words = shell_split(op.main);
    if (!words || words->empty()) {
        return failure(errc::bad_input,
                       "operation '" + op.full_name() + "': main is no module: " + op.main);
    }
    words->insert(words->begin(), {"${python_exe}", "-um", "guild.op_main"});
    if (std::ranges::find(*words, flag_args) == words->end()) {
        if (!op.bare_flags) {
            words->emplace_back("--");
        }
        words->push_back(flag_args);
    }
    return words;
}

std::vector<value_encoding> encoding_of(const json::object& declared) {
    std::vector<value_encoding> out;
    for (const auto& member : declared) {
        out.push_back(
            {.text = member.key(), .value = decode_flag(member.key()), .given = member.value()});
    }
    return out;
}

command_flag words_of_flag(const flag_def& flag) {
    return {.type = flag.type,
            .arg_name = flag.arg_name,
            .arg_skip = flag.arg_skip,
            .arg_switch = flag.arg_switch,
            .arg_switch_off = flag.arg_switch_off,
            .arg_split = flag.arg_split,
            .arg_skip_value = flag.arg_skip_value,
            .arg_encoding = encoding_of(flag.arg_encoding),
            .env_name = flag.env_name,
            .env_encoding = encoding_of(flag.env_encoding)};
}

std::map<std::string, command_flag> flags_of_command(const operation_def& op) {
    std::map<std::string, command_flag> out;
    for (const auto& flag : op.flags) {
        out.emplace(flag.name, words_of_flag(flag));
    }
    return out;
}

} // namespace

result<command_recipe> command_recipe_of(const operation_def& op, const std::string& project) {
    auto words = command_template(op);
    if (!words) {
        return words.error();
    }
    command_recipe out{.words = std::move(*words),
                       .yaml = takes_yaml(op.flags_dest),
                       .dash_joins = op.options_by_dash,
                       .flags = flags_of_command(op),
                       .env = {},
                       .project = project};
    for (const auto& member : op.env) {
        out.env.emplace(member.key(), member.value());
    }
    return out;
}

bool has_option_like_values(const operation_def& op, const flag_map& flags) {
    return has_option_like_values(command_recipe{.flags = flags_of_command(op)}, flags);
}

result<operation_command> make_command(const operation_def& op, const flag_map& flags,
                                       const std::string& project) {
    auto recipe = command_recipe_of(op, project);
    if (!recipe) {
        return recipe.error();
    }
    return fill_command(*recipe, flags, decode_flag);
}

} // namespace outrider
