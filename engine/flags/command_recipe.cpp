#include "engine/flags/command_recipe.hpp"

#include "engine/flags/flag_encoding.hpp"
#include "engine/text/references.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cctype>

namespace outrider {
namespace {

namespace json = boost::json;

const command_flag undeclared_flag;

const command_flag& flag_of(const command_recipe& recipe, const std::string& name) {
    const auto found = recipe.flags.find(name);
    return found == recipe.flags.end() ? undeclared_flag : found->second;
}

bool splits(const command_flag& flag) {
    return flag.arg_split && !flag.arg_split->is_null() && *flag.arg_split != false;
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

json::value encoded_as(const std::vector<value_encoding>& encoding, const json::value& value) {
    for (const auto& each : encoding) {
        if (equal_values(each.value, value) ||
            (value.is_string() && value.get_string() == each.text)) {
            return each.given;
        }
    }
    return value;
}

// A word that argparse takes for an option where a value is expected. It knows negative numbers.
bool is_option_like(std::string_view word) {
    if (word.size() < 2 || !word.starts_with('-') || word.find(' ') != std::string_view::npos) {
        return false;
    }
    const auto digits = word.substr(1);
    const auto dot = digits.find('.');
    const auto decimals = dot == digits.npos ? digits : digits.substr(dot + 1);
    const auto is_digits = [](std::string_view text) {
        return text.find_first_not_of("0123456789") == text.npos;
    };
    return !(is_digits(digits.substr(0, dot)) && is_digits(decimals) && !decimals.empty());
}

/// How values become words.
struct word_style {
    bool yaml = false;       ///< as YAML, for what is no command line
    bool dash_joins = false; ///< `--name=-x`
    flag_decoder decode = decode_word;
};

// 1 and 1.0 are one default, which a type may have changed; `yes` is another.
bool is_skipped(const command_flag& flag, const json::value& given) {
    return flag.arg_skip_value && flag.arg_skip_value->is_bool() == given.is_bool() &&
           equal_values(*flag.arg_skip_value, given);
}

// The words of one flag; none if it is left out.
std::vector<std::string> words_of(const std::string& name, const command_flag& flag,
                                  const json::value& given, const word_style& style) {
    const std::string option = "--" + (flag.arg_name.empty() ? name : flag.arg_name);
    if (flag.arg_skip || given.is_null() || is_skipped(flag, given)) {
        return {};
    }
    if (flag.arg_switch) {
        const std::string off = flag.arg_switch_off.empty() ? "" : "--" + flag.arg_switch_off;
        const std::string& word = equal_values(*flag.arg_switch, given) ? option : off;
        return word.empty() ? std::vector<std::string>{} : std::vector<std::string>{word};
    }
    const json::value value = encoded_as(flag.arg_encoding, given);
    if (!splits(flag)) {
        std::string word = style.yaml ? yaml_word(value) : argument_text(value);
        // A lone `--` would end the flags.
        if (!style.yaml && (word == "--" || (style.dash_joins && is_option_like(word)))) {
            return {option + "=" + word};
        }
        return {option, std::move(word)};
    }
    const auto* separator = flag.arg_split->if_string();
    const auto parts = split_flag(value, separator != nullptr ? std::string(*separator) : "");
    if (style.yaml) {
        json::array list;
        for (const auto& part : parts) {
            list.push_back(decode_typed(part, flag.type, style.decode));
        }
        return {option, yaml_word(list)};
    }
    if (parts.empty()) {
        return {};
    }
    if (parts.size() == 1 && style.dash_joins && is_option_like(parts.front())) {
        return {option + "=" + parts.front()};
    }
    std::vector<std::string> out{option};
    out.insert(out.end(), parts.begin(), parts.end());
    return out;
}

// What only the machine of the run can put in.
bool is_put_in_there(const std::string& name) {
    constexpr std::string_view names[] = {
        "python_exe", "guild_python_exe", "run_dir", "support_dir", "agent", "home"};
    return std::ranges::find(names, name) != std::end(names);
}

/// Fills in the words of a command.
class command_maker {
  public:
    command_maker(const command_recipe& recipe, const flag_map& flags, flag_decoder decode)
        : recipe_(recipe), flags_(flags), decode_(decode) {}

    result<> fill(operation_command& out) {
        for (const auto& word : recipe_.words) {
            if (word == flag_args) {
                add_flags(out);
                continue;
            }
            out.words.push_back(resolve_references(
                word, [this](const std::string& name) { return look_up(name); }));
        }
        if (!unknown_.empty()) {
            return failure(errc::bad_input,
                           "invalid setting for operation: command contains invalid reference '" +
                               unknown_ + "'");
        }
        return {};
    }

    std::optional<std::string> look_up(const std::string& name) {
        if (const auto found = flags_.find(name); found != flags_.end()) {
            return argument_text(found->second);
        }
        if (name == "project_dir" && !recipe_.project.empty()) {
            return recipe_.project;
        }
        if (!is_put_in_there(name) && unknown_.empty()) {
            unknown_ = name;
        }
        return std::nullopt;
    }

  private:
    void add_flags(operation_command& out) {
        const auto& words = recipe_.words;
        const word_style style{
            .yaml = recipe_.yaml, .dash_joins = recipe_.dash_joins, .decode = decode_};
        for (const auto& [name, value] : flags_) {
            const auto added = words_of(name, flag_of(recipe_, name), value, style);
            const std::string option = added.empty() ? "" : added[0].substr(0, added[0].find('='));
            // The command's own word takes the place of the flag.
            if (!added.empty() && std::ranges::find(words, option) != words.end()) {
                out.notes.push_back("ignoring flag '" + name + "=" + format_flag(value) +
                                    "' because it's shadowed in the operation cmd as " + option);
                continue;
            }
            out.words.insert(out.words.end(), added.begin(), added.end());
        }
    }

    const command_recipe& recipe_;
    const flag_map& flags_;
    flag_decoder decode_;
    std::string unknown_; // the first reference to something that there is not
};

} // namespace

std::string flag_variable(const std::string& name, const std::string& declared) {
    if (!declared.empty()) {
        return declared;
    }
    std::string out = "FLAG_";
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        out.push_back(std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_');
    }
    return out;
}

bool has_option_like_values(const command_recipe& recipe, const flag_map& flags) {
    return std::ranges::any_of(flags, [&](const auto& flag) {
        const auto words = words_of(flag.first, flag_of(recipe, flag.first), flag.second, {});
        return std::ranges::any_of(words.begin() + (words.empty() ? 0 : 1), words.end(),
                                   is_option_like);
    });
}

result<operation_command> fill_command(const command_recipe& recipe, const flag_map& flags,
                                       flag_decoder decode) {
    operation_command out;
    command_maker maker(recipe, flags, decode);
    if (auto filled = maker.fill(out); !filled) {
        return filled.error();
    }
    const auto lookup = [&](const std::string& name) { return maker.look_up(name); };
    // Inside other text a value stands as one would write it in YAML.
    const auto inside = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = flags.find(name);
        return found == flags.end() ? maker.look_up(name) : std::optional(yaml_flow(found->second));
    };
    for (const auto& [variable, value] : recipe.env) {
        const std::string text = argument_text(value);
        const bool whole = whole_reference(text).has_value();
        out.environment[variable] =
            !value.is_string() ? text
                               : resolve_references(text, whole ? reference_lookup(lookup)
                                                                : reference_lookup(inside));
    }
    for (const auto& [name, value] : flags) {
        const command_flag& flag = flag_of(recipe, name);
        out.environment[flag_variable(name, flag.env_name)] =
            argument_text(encoded_as(flag.env_encoding, value));
    }
    return out;
}

} // namespace outrider
