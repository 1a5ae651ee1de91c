#include "engine/project/config_file.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/project/ini_text.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace outrider {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t most_config_file_bytes = std::size_t{4}
                                               << 20; // of a config, as of other YAML

enum class config_format { yaml, json, ini };

fs::path without_in(const fs::path& file) {
    return file.extension() == ".in" ? file.stem() : file.filename();
}

std::optional<config_format> format_of(const fs::path& file) {
    const auto type = without_in(file).extension();
    if (type == ".yml" || type == ".yaml") {
        return config_format::yaml;
    }
    if (type == ".cfg" || type == ".ini") {
        return config_format::ini;
    }
    return type == ".json" ? std::optional(config_format::json) : std::nullopt;
}

result<json::value> parsed(const fs::path& file, config_format format) {
    if (format == config_format::yaml) {
        return load_yaml(file, file.filename());
    }
    const auto text = read_text_file(file, most_config_file_bytes);
    if (!text) {
        return text.error();
    }
    if (format == config_format::ini) {
        auto config = read_ini(*text);
        return config ? result<json::value>(std::move(*config))
                      : failure(config.error().code,
                                file.filename().native() + ": " + config.error().context);
    }
    boost::system::error_code error;
    auto value = json::parse(*text, error);
    if (error) {
        return failure(errc::bad_input, file.filename().native() + ": " + error.message());
    }
    return value;
}

// As Python's `json` writes it, keys sorted.
std::string json_text(const json::value& value) {
    if (const auto digits = big_integer_digits(value)) {
        return std::string(*digits);
    }
    std::string out;
    if (const auto* object = value.if_object()) {
        std::vector<std::string> members;
        for (const auto& member : *object) {
            members.push_back(json::serialize(member.key()) + ": " + json_text(member.value()));
        }
        std::ranges::sort(members);
        for (const auto& member : members) {
            out += (out.empty() ? "" : ", ") + member;
        }
        return "{" + out + "}";
    }
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array) {
            out += (out.empty() ? "" : ", ") + json_text(item);
        }
        return "[" + out + "]";
    }
    return value.is_double() ? python_float(value.get_double()) : json::serialize(value);
}

std::string text_in(config_format format, const json::object& config) {
    switch (format) {
    case config_format::yaml:
        return yaml_text(config);
    case config_format::ini:
        return ini_text(config);
    case config_format::json:
        break;
    }
    return json_text(config);
}

// What is there under a name, dots and all.
json::value* found_in(json::object& config, std::string_view name) {
    if (auto* found = config.if_contains(name)) {
        return found;
    }
    for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
        auto* section = config.if_contains(name.substr(0, dot));
        auto* object = section == nullptr ? nullptr : section->if_object();
        auto* below = object == nullptr ? nullptr : found_in(*object, name.substr(dot + 1));
        if (below != nullptr) {
            return below;
        }
    }
    return nullptr;
}

json::value list_of(const json::value& value, const json::value& separator) {
    const auto* text = value.if_string();
    if (text == nullptr) {
        return value;
    }
    std::vector<std::string> words;
    if (separator.is_string()) {
        const std::string_view by(separator.get_string());
        std::string_view rest(*text);
        for (auto at = rest.find(by); at != rest.npos && !by.empty(); at = rest.find(by)) {
            words.emplace_back(rest.substr(0, at));
            rest.remove_prefix(at + by.size());
        }
        words.emplace_back(rest);
    } else if (auto split = shell_split(*text)) {
        words = std::move(*split);
    } else {
        return value;
    }
    json::array out;
    for (const auto& word : words) {
        out.push_back(decode_flag(word));
    }
    return out;
}

} // namespace

result<json::object> read_config(const fs::path& file) {
    const auto format = format_of(file);
    if (!format) {
        return failure(errc::unsupported,
                       "unsupported file type for '" + file.native() +
                           "': a config is a .yml, .yaml, .json, .cfg or .ini file");
    }
    auto config = parsed(file, *format);
    if (!config) {
        return config.error();
    }
    if (config->is_null()) {
        return json::object();
    }
    if (!config->is_object()) {
        return failure(errc::bad_input, "'" + file.native() + "' is no mapping of names");
    }
    return std::move(config->get_object());
}

result<> set_in_config(json::object& config, std::string_view name, const json::value& value) {
    if (auto* found = found_in(config, name)) {
        *found = value;
        return {};
    }
    json::object* into = &config;
    auto rest = name;
    for (auto dot = rest.find('.'); dot != rest.npos && dot > 0 && dot + 1 < rest.size();
         dot = rest.find('.')) {
        auto& section = (*into)[rest.substr(0, dot)];
        if (section.is_null()) {
            section.emplace_object();
        }
        if (!section.is_object()) {
            return failure(errc::bad_input, "cannot set '" + std::string(name) + "': '" +
                                                std::string(rest.substr(0, dot)) +
                                                "' is no section");
        }
        into = &section.get_object();
        rest.remove_prefix(dot + 1);
    }
    (*into)[rest] = value;
    return {};
}

flag_map config_values(const std::vector<flag_def>& declared, const flag_map& flags) {
    flag_map out;
    for (const auto& [name, value] : flags) {
        if (value.is_null()) {
            continue;
        }
        const auto flag = std::ranges::find(declared, name, &flag_def::name);
        const bool known = flag != declared.end();
        const bool split = known && flag->splits();
        out[known && !flag->arg_name.empty() ? flag->arg_name : name] =
            split ? list_of(value, *flag->arg_split) : value;
    }
    return out;
}

result<config_text> config_with(const fs::path& file, const json::object& params,
                                const flag_map& values) {
    auto config = read_config(file);
    if (!config) {
        return config.error();
    }
    for (const auto& member : params) {
        if (auto set = set_in_config(*config, member.key(), member.value()); !set) {
            return set.error();
        }
    }
    for (const auto& [name, value] : values) {
        if (auto set = set_in_config(*config, name, value); !set) {
            return set.error();
        }
    }
    return config_text{.name = without_in(file), .text = text_in(*format_of(file), *config)};
}

} // namespace outrider
