#include "engine/config/config.hpp"

#include "engine/config/config_memory.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/text/path_text.hpp"

#include <algorithm>
#include <filesystem>

namespace outrider {
namespace {

bool exists(const std::string& path) {
    std::error_code ec;
    return std::filesystem::exists(path, ec);
}

result<std::string> find_config_file(const command_context& context, const std::string& home) {
    const auto named = context.environment.find("GUILD_CONFIG");
    if (named != context.environment.end() && !named->second.empty()) {
        return absolute_path(named->second, context.directory, home);
    }
    if (std::string local = context.directory + "/guild-config.yml"; exists(local)) {
        return local;
    }
    auto guild_home = find_guild_home(context);
    if (!guild_home) {
        return guild_home.error();
    }
    if (std::string there = *guild_home + "/config.yml"; exists(there)) {
        return there;
    }
    return home + "/.guild/config.yml";
}

} // namespace

result<config> load_config(const command_context& context) {
    config_memory none;
    return load_config(context, none);
}

result<config> load_config(const command_context& context, config_memory& memory) {
    config out;
    out.home = user_home(context);
    out.environment = context.environment;
    auto path = find_config_file(context, out.home);
    if (!path) {
        return path.error();
    }
    out.path = *path;
    if (!exists(out.path)) {
        return out;
    }
    auto sections = memory.read(out.path);
    if (!sections) {
        return sections.error();
    }
    out.data = std::move(*sections);
    return out;
}

std::vector<remote_row> list_remotes(const config& from) {
    std::vector<remote_row> rows;
    const auto* section = from.data.if_contains("remotes");
    if (section == nullptr || !section->is_object()) {
        return rows;
    }
    for (const auto& member : section->get_object()) {
        remote_row row{.name = member.key()};
        if (const auto* object = member.value().if_object()) {
            const auto text = [&](const char* key) {
                const auto* value = object->if_contains(key);
                return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                              : std::string();
            };
            row.type = text("type");
            row.description = text("description");
        }
        rows.push_back(std::move(row));
    }
    std::ranges::sort(rows, {}, &remote_row::name);
    return rows;
}

std::vector<std::string> list_groups(const config& from) {
    std::vector<std::string> names;
    if (const auto* section = from.data.if_contains("groups");
        section != nullptr && section->is_object()) {
        for (const auto& member : section->get_object()) {
            names.emplace_back(member.key());
        }
    }
    return names;
}

} // namespace outrider
