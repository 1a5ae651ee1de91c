#include "engine/config/guild_home.hpp"

#include "engine/text/path_text.hpp"

#include <filesystem>
#include <pwd.h>
#include <unistd.h>

namespace outrider {
namespace {

namespace fs = std::filesystem;

bool directory_exists(const fs::path& path) {
    std::error_code ec;
    return fs::is_directory(path, ec);
}

std::string variable(const command_context& context, const char* name) {
    const auto found = context.environment.find(name);
    return found == context.environment.end() ? "" : found->second;
}

std::string nearest_guild_directory(const fs::path& from, const fs::path& home) {
    for (fs::path at = from;; at = at.parent_path()) {
        if (directory_exists(at / ".guild")) {
            return (at / ".guild").string();
        }
        if (at == home || at == at.parent_path()) {
            return {};
        }
    }
}

} // namespace

std::string user_home(const command_context& context) {
    if (std::string home = variable(context, "HOME"); !home.empty()) {
        return home;
    }
    const passwd* account = ::getpwuid(::getuid());
    return account != nullptr ? account->pw_dir : "/";
}

result<std::string> find_guild_home(const command_context& context) {
    const std::string home = user_home(context);
    const std::string wanted =
        !context.guild_home.empty() ? context.guild_home : variable(context, "GUILD_HOME");
    if (!wanted.empty()) {
        const std::string path = absolute_path(wanted, context.directory, home);
        if (!directory_exists(path)) {
            return failure(errc::not_found, "directory '" + wanted + "' does not exist");
        }
        return path;
    }
    for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
        if (const std::string env = variable(context, name);
            !env.empty() && directory_exists(fs::path(env) / ".guild")) {
            return absolute_path(env + "/.guild", context.directory, home);
        }
    }
    const std::string near = nearest_guild_directory(context.directory, home);
    return near.empty() ? home + "/.guild" : near;
}

} // namespace outrider
