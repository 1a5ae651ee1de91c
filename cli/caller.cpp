#include "cli/caller.hpp"

#include <filesystem>
#include <string_view>

#include <unistd.h>

namespace outrider::cli {
namespace {

std::string absolute(const std::filesystem::path& base, const std::string& typed) {
    auto path = (base / typed).lexically_normal().string();
    if (path.size() > 1 && path.ends_with('/')) {
        path.pop_back();
    }
    return path;
}

// A shell may stand in a directory that was deleted. Most commands need none, so its name will do;
// those that work on its files say that it is gone.
std::string working_directory(const std::map<std::string, std::string>& environment) {
    std::error_code error;
    const auto here = std::filesystem::current_path(error);
    if (!error) {
        return here.string();
    }
    if (const auto named = environment.find("PWD");
        named != environment.end() && named->second.starts_with('/')) {
        return named->second;
    }
    // proc(5): the name that it had.
    auto gone = std::filesystem::read_symlink("/proc/self/cwd", error).string();
    constexpr std::string_view mark = " (deleted)";
    if (gone.ends_with(mark)) {
        gone.resize(gone.size() - mark.size());
    }
    return gone.starts_with('/') ? gone : "/";
}

} // namespace

std::map<std::string, std::string> own_environment() {
    std::map<std::string, std::string> variables;
    for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
        const std::string_view text = *each;
        const auto equals = text.find('=');
        if (equals != text.npos) {
            variables.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return variables;
}

command_context context_of(const invocation& asked,
                           std::map<std::string, std::string> environment) {
    const auto here = working_directory(environment);
    command_context context{.directory = here,
                            .environment = std::move(environment),
                            .assume_yes = asked.assume_yes,
                            .at_terminal = ::isatty(STDIN_FILENO) == 1,
                            .connections = asked.connections};
    if (!asked.directory.empty()) {
        context.directory = absolute(here, asked.directory);
    }
    if (!asked.guild_home.empty()) {
        context.guild_home = absolute(here, asked.guild_home);
    }
    return context;
}

surroundings surroundings_of(const command_context& context, colour_choice wanted) {
    const auto home = context.environment.find("HOME");
    return {.screen = detect_terminal(context.environment, wanted),
            .directory = context.directory,
            .home = home == context.environment.end() ? std::string() : home->second};
}

} // namespace outrider::cli
