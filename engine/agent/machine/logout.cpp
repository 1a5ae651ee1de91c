#include "engine/agent/machine/logout.hpp"

#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>

namespace outrider::agent {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const auto first = text.find_first_not_of(blanks);
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view next_line(std::string_view& rest) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    return line;
}

std::optional<bool> boolean(std::string_view text) {
    for (const std::string_view word : {"yes", "true", "on", "1", "y", "t"}) {
        if (text == word) {
            return true;
        }
    }
    for (const std::string_view word : {"no", "false", "off", "0", "n", "f"}) {
        if (text == word) {
            return false;
        }
    }
    return std::nullopt;
}

bool lists(std::string_view users, std::string_view user) {
    while (!users.empty()) {
        const auto name = users.substr(0, users.find(' '));
        users.remove_prefix(std::min(users.size(), name.size() + 1));
        if (name == user) {
            return true;
        }
    }
    return false;
}

bool is_there(const fs::path& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0;
}

// The main file, then the drop-ins by name; of those with one name the first directory's counts.
logind_settings settings_below(const fs::path& root) {
    logind_settings out;
    for (const char* main : {"etc", "run", "usr/local/lib", "usr/lib"}) {
        if (const auto text = read_small_file(root / main / "systemd/logind.conf")) {
            read_logind_settings(*text, out);
            break;
        }
    }
    std::map<std::string, fs::path> drop_ins;
    for (const char* folder : {"etc", "run", "usr/local/lib", "usr/lib"}) {
        std::error_code error;
        for (fs::directory_iterator at(root / folder / "systemd/logind.conf.d", error), end;
             !error && at != end; at.increment(error)) {
            if (at->path().extension() == ".conf") {
                drop_ins.emplace(at->path().filename().native(), at->path());
            }
        }
    }
    for (const auto& [name, path] : drop_ins) {
        if (const auto text = read_small_file(path)) {
            read_logind_settings(*text, out);
        }
    }
    return out;
}

} // namespace

logout_plan plan_for_logout(const logout_facts& facts) {
    switch (facts.place) {
    case session_scope::none:
        return logout_plan::stay;
    case session_scope::user_manager:
        return facts.lingers ? logout_plan::stay : logout_plan::warn;
    case session_scope::login:
        break;
    }
    if (!facts.kills_processes) {
        return logout_plan::stay;
    }
    return facts.lingers ? logout_plan::enter_scope : logout_plan::warn;
}

session_scope place_in_cgroups(std::string_view text) {
    while (!text.empty()) {
        // "0::PATH" in version 2, "1:name=systemd:PATH" in version 1.
        const auto line = next_line(text);
        const auto second = line.find(':', line.find(':') + 1);
        if (second == line.npos ||
            (!line.starts_with("0::") && line.find(":name=systemd:") == line.npos)) {
            continue;
        }
        const auto path = line.substr(second + 1);
        if (path.find("/user@") != path.npos) {
            return session_scope::user_manager;
        }
        const auto session = path.find("/session-");
        if (session != path.npos && path.find(".scope", session) != path.npos) {
            return session_scope::login;
        }
    }
    return session_scope::none;
}

void read_logind_settings(std::string_view text, logind_settings& settings) {
    bool in_section = false;
    while (!text.empty()) {
        auto line = trimmed(next_line(text));
        if (line.starts_with('[')) {
            in_section = line == "[Login]";
            continue;
        }
        const bool is_default = line.starts_with('#') || line.starts_with(';');
        if (is_default) {
            line.remove_prefix(1);
        }
        const auto equals = line.find('=');
        if (!in_section || equals == line.npos) {
            continue;
        }
        const auto name = trimmed(line.substr(0, equals));
        const auto value = trimmed(line.substr(equals + 1));
        if (name == "KillUserProcesses" && (!is_default || !settings.kill_processes)) {
            settings.kill_processes = boolean(value);
        } else if (name == "KillOnlyUsers" && !is_default) {
            settings.only_users = value;
        } else if (name == "KillExcludeUsers" && !is_default) {
            settings.exclude_users = value;
        }
    }
}

bool kills_processes_of(const std::string& user, const logind_settings& settings) {
    if (lists(settings.exclude_users.value_or("root"), user)) {
        return false;
    }
    if (settings.only_users && !settings.only_users->empty()) {
        return lists(*settings.only_users, user);
    }
    return settings.kill_processes.value_or(false); // as the distributions build it
}

logout_facts read_logout_facts(const std::string& user, const fs::path& root) {
    logout_facts out;
    if (!is_there(root / "run/systemd/system")) {
        return out;
    }
    const auto groups = read_small_file(root / "proc/self/cgroup");
    out.place = place_in_cgroups(groups.value_or(""));
    if (out.place == session_scope::none) {
        return out;
    }
    out.lingers = is_safe_name(user) && is_there(root / "var/lib/systemd/linger" / user);
    out.kills_processes =
        out.place == session_scope::login && kills_processes_of(user, settings_below(root));
    return out;
}

std::string logout_warning(const std::string& user, const std::string& host) {
    return host + " ends the processes of " + user +
           " at logout, and with them this run; to let runs go on, have 'loginctl enable-linger " +
           user + "' run there once";
}

} // namespace outrider::agent
