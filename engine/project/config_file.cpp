#include "engine/project/config_file.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/project/ini_reader.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <optional>

namespace outrider {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t most_config_file_bytes = std::size_t{4}
                                               << 20; // of a config, as of other YAML

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
            split ? config_list(value, *flag->arg_split, decode_flag) : value;
    }
    return out;
}

result<config_recipe> config_recipe_of(const fs::path& file, const json::object& params,
                                       const std::vector<flag_def>& declared) {
    auto config = read_config(file);
    if (!config) {
        return config.error();
    }
    for (const auto& member : params) {
        if (auto set = set_in_config(*config, member.key(), member.value()); !set) {
            return set.error();
        }
    }
    config_recipe out{.name = without_in(file), .format = *format_of(file), .base = *config};
    for (const auto& flag : declared) {
        if (!flag.arg_name.empty() || flag.splits()) {
            out.flags[flag.name] = {.name = flag.arg_name,
                                    .split = flag.splits() ? flag.arg_split : std::nullopt};
        }
    }
    return out;
}

result<config_text> config_with(const fs::path& file, const json::object& params,
                                const flag_map& values) {
    auto recipe = config_recipe_of(file, params, {});
    if (!recipe) {
        return recipe.error();
    }
    auto text = fill_config(*recipe, values, decode_flag);
    if (!text) {
        return text.error();
    }
    return config_text{.name = std::move(recipe->name), .text = std::move(*text)};
}

} // namespace outrider
