#include "engine/project/operation_command.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/project/references.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/yaml_text.hpp"

#include <algorithm>
#include <cctype>

namespace outrider {
namespace {

namespace json = boost::json;

const std::string flag_args = "__flag_args__";

bool takes_yaml(const std::string& dest) {
    return dest == "globals" || dest.starts_with("global:") || dest.starts_with("dict:") ||
           dest.starts_with("namespace:");
}

std::vector<std::string> split_by(const std::string& text, const json::value& separator) {
    std::vector<std::string> out;
    const std::string mark = separator.is_string() ? std::string(separator.get_string()) : "";
    if (mark.empty()) {
        auto words = shell_split(text);
        return words ? std::move(*words) : std::vector<std::string>{text};
    }
    for (std::size_t at = 0;;) {
        const auto end = text.find(mark, at);
        out.push_back(text.substr(at, end == text.npos ? end : end - at));
        if (end == text.npos) {
            return out;
        }
        at = end + mark.size();
    }
}

// A value in YAML. Text that begins with '-' is quoted: op_main would take it for another flag.
std::string yaml_word(const json::value& value) {
    const std::string word = yaml_flow(value);
    if (!value.is_string() || !word.starts_with('-')) {
        return word;
    }
    std::string quoted = "'";
    for (const char c : word) {
        quoted += c == '\'' ? "''" : std::string(1, c);
    }
    return quoted + "'";
}

// The words of one flag; none if it is left out.
std::vector<std::string> words_of(const flag_def& flag, const json::value& value, bool yaml) {
    const std::string option = "--" + (flag.arg_name.empty() ? flag.name : flag.arg_name);
    if (flag.arg_skip || value.is_null()) {
        return {};
    }
    if (flag.arg_switch) {
        return *flag.arg_switch == value ? std::vector<std::string>{option}
                                         : std::vector<std::string>{};
    }
    std::vector<std::string> out{option};
    const bool splits =
        flag.arg_split && !(flag.arg_split->is_bool() && !flag.arg_split->get_bool());
    if (splits) {
        for (auto& part : split_by(argument_text(value), *flag.arg_split)) {
            out.push_back(yaml ? yaml_word(decode_flag(part)) : std::move(part));
        }
    } else {
        out.push_back(yaml ? yaml_word(value) : argument_text(value));
    }
    return out;
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
        words->insert(words->end(), {"--", flag_args});
    }
    return words;
}

} // namespace

std::string flag_variable(const flag_def& flag) {
    if (!flag.env_name.empty()) {
        return flag.env_name;
    }
    std::string out = "FLAG_";
    for (const char c : flag.name) {
        const auto byte = static_cast<unsigned char>(c);
        out.push_back(std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_');
    }
    return out;
}

result<operation_command> make_command(const operation_def& op, const flag_map& flags) {
    auto words = command_template(op);
    if (!words) {
        return words.error();
    }
    const auto lookup = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = flags.find(name);
        return found == flags.end() ? std::nullopt : std::optional(argument_text(found->second));
    };
    operation_command out{.template_ = *words};
    for (const auto& word : *words) {
        if (word != flag_args) {
            out.words.push_back(resolve_references(word, lookup));
            continue;
        }
        for (const auto& [name, value] : flags) {
            const flag_def* declared = op.find_flag(name);
            const auto added = words_of(declared != nullptr ? *declared : flag_def{.name = name},
                                        value, takes_yaml(op.flags_dest));
            out.words.insert(out.words.end(), added.begin(), added.end());
        }
    }
    for (const auto& member : op.env) {
        const json::value& value = member.value();
        out.environment[std::string(member.key())] =
            value.is_string() ? resolve_references(std::string(value.get_string()), lookup)
                              : argument_text(value);
    }
    for (const auto& [name, value] : flags) {
        if (!value.is_null()) {
            const flag_def* declared = op.find_flag(name);
            out.environment[flag_variable(
                declared != nullptr ? *declared : flag_def{.name = name})] = argument_text(value);
        }
    }
    return out;
}

} // namespace outrider
