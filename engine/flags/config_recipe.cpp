#include "engine/flags/config_recipe.hpp"

#include "engine/text/shell_words.hpp"

#include <boost/json/array.hpp>

#include <utility>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

// What is there under a name, dots and all.
json::value* found_in_config(json::object& config, std::string_view name) {
    if (auto* found = config.if_contains(name)) {
        return found;
    }
    for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
        auto* section = config.if_contains(name.substr(0, dot));
        auto* object = section == nullptr ? nullptr : section->if_object();
        auto* below = object == nullptr ? nullptr : found_in_config(*object, name.substr(dot + 1));
        if (below != nullptr) {
            return below;
        }
    }
    return nullptr;
}

} // namespace

json::value config_list(const json::value& value, const json::value& separator,
                        flag_decoder decode) {
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
        out.push_back(decode(word));
    }
    return out;
}

result<> set_in_config(json::object& config, std::string_view name, const json::value& value) {
    if (auto* found = found_in_config(config, name)) {
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

result<std::string> fill_config(const config_recipe& recipe, const flag_map& flags,
                                flag_decoder decode) {
    const auto* base = recipe.base.if_object();
    json::object config = base != nullptr ? *base : json::object();
    flag_map values; // by the names that they have there
    for (const auto& [name, value] : flags) {
        if (value.is_null()) {
            continue;
        }
        const auto known = recipe.flags.find(name);
        const auto how = known != recipe.flags.end() ? known->second : config_flag{};
        values[how.name.empty() ? name : how.name] =
            how.split ? config_list(value, *how.split, decode) : value;
    }
    for (const auto& [name, value] : values) {
        if (auto set = set_in_config(config, name, value); !set) {
            return set.error();
        }
    }
    return config_text_of(recipe.format, config);
}

} // namespace outrider
