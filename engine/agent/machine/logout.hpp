#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// What becomes of a user's processes when the user logs out. Where systemd ends them, a detached
/// supervisor has to move out of the login session first.
namespace outrider::agent {

/// What systemd keeps a process in, as its control group says (systemd.slice(5)).
enum class session_scope {
    none,         ///< no part of a user's session: a service, a container, a system of another kind
    login,        ///< `session-N.scope`: ends with this login, if logind is told so
    user_manager, ///< below `user@UID.service`: ends with the last login, unless lingering is on
};

/// What decides about the processes of a user at logout.
struct logout_facts {
    session_scope place = session_scope::none;
    bool kills_processes = false; ///< logind ends what is left of this user's logins
    bool lingers = false;         ///< the user's manager outlives the last login
};

/// What a start does about it.
enum class logout_plan {
    stay,        ///< nothing ends the supervisor
    enter_scope, ///< it moves into a scope of the user's manager, which outlives the login
    warn,        ///< nothing helps: the person has to know
};
[[nodiscard]] logout_plan plan_for_logout(const logout_facts& facts);

/// The place that the text of /proc/self/cgroup tells of (cgroups(7)).
[[nodiscard]] session_scope place_in_cgroups(std::string_view text);

/// The settings of `[Login]` in logind.conf(5) that decide whether processes are ended.
struct logind_settings {
    std::optional<bool> kill_processes;
    std::optional<std::string> only_users;    ///< separated by blanks
    std::optional<std::string> exclude_users; ///< separated by blanks; without it: root
};
/// Reads one file on top of what files before it said. Its comments show the defaults of this
/// build of systemd: they count as far as nothing is said.
void read_logind_settings(std::string_view text, logind_settings& settings);
[[nodiscard]] bool kills_processes_of(const std::string& user, const logind_settings& settings);

/// Gathers the facts for this process. A few small files, and on a system without systemd a single
/// look; `root` is `/` but in tests.
[[nodiscard]] logout_facts read_logout_facts(const std::string& user,
                                             const std::filesystem::path& root = "/");

/// What a person is told where nothing helps.
[[nodiscard]] std::string logout_warning(const std::string& user, const std::string& host);

/// Moves this process into a scope of its own in the user's manager, by the call that `systemd-run
/// --user --scope` makes as well; command line, descriptors and parent stay as they are. `busctl`
/// is the program that calls. Waits for at most 5 s.
[[nodiscard]] result<> enter_user_scope(const std::string& run_id,
                                        const std::string& busctl = "busctl");

} // namespace outrider::agent
