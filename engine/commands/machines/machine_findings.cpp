#include "engine/commands/machines/machine_findings.hpp"

#include "engine/commands/machines/check_facts.hpp"
#include "engine/commands/machines/slurm_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace outrider {
namespace {

using namespace std::chrono_literals;

/// Beyond this, times of runs from different machines mislead people who compare them.
constexpr auto most_clock_offset = 2s;
/// Less free space than this is a problem, than the second a warning, bytes.
constexpr std::int64_t problem_bytes = std::int64_t{100} << 20;
constexpr std::int64_t warning_bytes = std::int64_t{2} << 30;
/// The same for files, in inodes.
constexpr std::int64_t problem_files = 1'000;
constexpr std::int64_t warning_files = 50'000;
/// Channels of a connection that we use when we can: control and a few transfers.
constexpr int wanted_channels = 8;

finding good(std::string name, std::string what) {
    return {.name = std::move(name), .level = finding_level::good, .what = std::move(what)};
}

finding warning(std::string name, std::string what, std::string cure) {
    return {.name = std::move(name),
            .level = finding_level::warning,
            .what = std::move(what),
            .cure = std::move(cure)};
}

finding problem(std::string name, std::string what, std::string cure) {
    return {.name = std::move(name),
            .level = finding_level::problem,
            .what = std::move(what),
            .cure = std::move(cure)};
}

std::string first_line(std::string_view text) {
    const auto start = std::min(text.find_first_not_of(" \r\n\t"), text.size());
    text.remove_prefix(start);
    return std::string(text.substr(0, std::min<std::size_t>(text.find_first_of("\r\n"), 60)));
}

finding shell_finding(const machine_survey& survey) {
    const auto& shell = survey.shell;
    if (shell.noise_bytes == 0) {
        return good("shell", "the login shell is quiet");
    }
    return warning("shell",
                   fmt::format("the login shell prints {} bytes before a command is run, beginning "
                               "with '{}'",
                               shell.noise_bytes, first_line(shell.noise)),
                   "it is ignored here, but breaks scp, rsync and git; in the start-up files there "
                   "print only for a person: [ -t 1 ] && echo ...");
}

finding agent_finding(const machine_survey& survey) {
    const auto& cache = survey.hello.machine.cache_directory;
    const auto& home = survey.hello.machine.home;
    if (!survey.report.user_home.executes) {
        return warning("agent",
                       fmt::format("{} is mounted noexec: the agent had to go to {}", home, cache),
                       "runs that execute files of their own directory fail there: mount it "
                       "without noexec, or set guild-home in config.yml to a place that may "
                       "execute");
    }
    // Where the bootstrap goes when no directory of the user's own will do; an agent that is found
    // there from then on is good as well.
    const std::string_view last = std::string_view(cache).substr(cache.rfind('/') + 1);
    const bool is_shared = last.starts_with("outrider-");
    if (is_shared && !survey.report.user_home.writable) {
        return warning(
            "agent",
            fmt::format("the agent cannot be kept below {}: it had to go to {}", home, cache),
            "make room or rights for ~/.cache there, or set XDG_CACHE_HOME; what is in "
            "a shared directory may be cleared at any time");
    }
    return good("agent", "the agent is kept and executed in " + cache);
}

finding space_finding(std::string name, const std::string& what,
                      const protocol::directory_facts& place) {
    const std::string text =
        fmt::format("{} of {} are free for {} ({})", size_text(place.free_bytes),
                    size_text(place.total_bytes), what, place.path);
    const std::string cure =
        "free some space there: delete runs ('runs rm', then 'runs purge'), or "
        "use another place";
    if (place.total_bytes > 0 && place.free_bytes < problem_bytes) {
        return problem(std::move(name), text, cure);
    }
    if (place.total_bytes > 0 && place.free_bytes < warning_bytes) {
        return warning(std::move(name), text, cure);
    }
    if (place.total_files > 0 && place.free_files < warning_files) {
        const auto files = fmt::format("only {} more files can be made for {} ({})",
                                       place.free_files, what, place.path);
        const auto* delete_files = "delete files there: the file system has no inodes left for "
                                   "many more";
        return place.free_files < problem_files ? problem(std::move(name), files, delete_files)
                                                : warning(std::move(name), files, delete_files);
    }
    return good(std::move(name), text);
}

finding guild_home_finding(const machine_survey& survey) {
    const auto& place = survey.report.guild_home;
    if (place.blocked) {
        return problem("guild_home", place.path + " is not a directory",
                       "remove it, or set guild-home in config.yml to another place");
    }
    if (!place.writable) {
        return problem("guild_home", fmt::format("nothing can be written to {}", place.path),
                       place.owner.empty()
                           ? "give it to " + survey.hello.machine.user +
                                 " (chown, chmod), or set guild-home in config.yml to another place"
                           : "it belongs to " + place.owner + ": chown it to " +
                                 survey.hello.machine.user +
                                 ", or set guild-home in config.yml to another place");
    }
    if (!place.owner.empty()) {
        return warning("guild_home",
                       fmt::format("{} belongs to user {}, not to {}", place.path, place.owner,
                                   survey.hello.machine.user),
                       "runs that others made there cannot be stopped or deleted by you: chown it, "
                       "or set guild-home in config.yml to a place of your own");
    }
    if (!place.exists) {
        return good("guild_home",
                    place.path + " does not exist yet: it is made with the first run");
    }
    return good("guild_home", "runs are kept in " + place.path);
}

std::optional<finding> shared_finding(const machine_survey& survey) {
    const auto& place = survey.report.guild_home;
    if (!place.shared) {
        return std::nullopt;
    }
    return warning(
        "shared_home",
        fmt::format("{} is on {}, which other machines may share", place.path, place.file_system),
        "whether a run of another machine still lives is not decided from here: watch "
        "and stop runs on the machine that runs them, or set guild-home in config.yml "
        "to a local disk");
}

finding temporary_finding(const machine_survey& survey) {
    const auto& place = survey.report.temporary;
    if (place.exists && place.writable) {
        return good("temporary", "temporary files can be made in " + place.path);
    }
    return problem(
        "temporary",
        place.exists ? "nothing can be written to " + place.path
                     : "the directory for temporary files, " + place.path + ", does not exist",
        "make it writable (chmod 1777 /tmp), or set TMPDIR there to a directory that is");
}

finding umask_finding(const machine_survey& survey) {
    const auto mask = survey.report.umask;
    const std::string text = fmt::format("the umask there is {:03o}", mask);
    if ((mask & 0700) != 0) {
        return problem("umask", text + ": files are made that their owner cannot use",
                       "set 'umask 022' in the start-up file of the login shell there");
    }
    if ((mask & 0022) != 0022) {
        return warning("umask", text + ": others can write to the files of your runs",
                       "set 'umask 022' in the start-up file of the login shell there, unless a "
                       "group is meant to share them");
    }
    return good("umask", text);
}

finding clock_finding(const clock_offset& clock) {
    const auto text = "the clock there is " + clock_text(clock);
    const auto sure = std::chrono::abs(clock.ahead) - clock.uncertainty;
    if (sure > most_clock_offset) {
        return warning("clock", text,
                       "times of runs there cannot be compared with those here: turn on time "
                       "synchronization (timedatectl set-ntp true, or chrony)");
    }
    return good("clock", text);
}

finding python_finding(const machine_survey& survey) {
    if (survey.python) {
        return good("python",
                    "python3 is " + survey.python->executable + ", " +
                        survey.python->version.substr(0, survey.python->version.find(' ')));
    }
    if (!survey.activation_failure.empty()) {
        const auto& why = survey.activation_failure;
        return problem("activation", why.substr(0, why.rfind("; check ")),
                       "no run starts there: mend venv-path, conda-env or venv-activate in "
                       "config.yml, or what it names");
    }
    const bool activated = !survey.to.activation().empty();
    return warning("python", "there is no python3 that works: " + survey.python_failure,
                   activated ? "operations with 'main' need it: check venv-path, conda-env or "
                               "venv-activate in config.yml"
                             : "operations with 'main' need it (those with 'exec' do not): install "
                               "python3 there, or set venv-path or conda-env in config.yml");
}

finding logout_finding(const machine_survey& survey) {
    const auto& logout = survey.report.logout;
    if (logout == "warn") {
        return problem("logout",
                       "processes of " + survey.hello.machine.user +
                           " are ended when the last login ends, and runs with them",
                       "have 'loginctl enable-linger " + survey.hello.machine.user +
                           "' run there once");
    }
    return good("logout", logout == "enter_scope"
                              ? "runs outlive the login: they enter a scope of their own"
                              : "runs outlive the login");
}

finding channels_finding(int channels) {
    const std::string text =
        fmt::format("the server gives {} channels for one connection", channels);
    constexpr const char* cure = "set 'MaxSessions 10' in /etc/ssh/sshd_config there (its default)";
    if (channels < 2) {
        return warning("channels",
                       "the server gives a single channel for one connection: transfers and "
                       "watches share it, and are slow together",
                       cure);
    }
    return channels < wanted_channels
               ? warning("channels", text + ": fewer transfers at the same time", cure)
               : good("channels", fmt::format("the server gives {} channels or more for one "
                                              "connection",
                                              wanted_channels));
}

} // namespace

std::vector<finding> findings_of(const machine_survey& survey) {
    const auto& machine = survey.hello.machine;
    std::vector<finding> out;
    out.push_back(good(
        "connection", fmt::format("{} answers as {}@{} ({} {}{}{})",
                                  survey.is_here ? "this machine" : survey.to.name, machine.user,
                                  machine.host_name, machine.system, machine.architecture,
                                  survey.report.system.empty() ? "" : ", ", survey.report.system)));
    out.push_back(shell_finding(survey));
    out.push_back(agent_finding(survey));
    out.push_back(guild_home_finding(survey));
    if (auto shared = survey.job ? std::nullopt : shared_finding(survey)) {
        out.push_back(std::move(*shared));
    }
    out.push_back(space_finding("disk_space", "runs", survey.report.guild_home));
    out.push_back(space_finding("cache_space", "the agent and packages", survey.report.cache));
    out.push_back(temporary_finding(survey));
    out.push_back(umask_finding(survey));
    if (survey.clock) {
        out.push_back(clock_finding(*survey.clock));
    }
    out.push_back(python_finding(survey));
    if (!survey.job) { // a job is Slurm's, whoever logs out
        out.push_back(logout_finding(survey));
    }
    if (survey.channels) {
        out.push_back(channels_finding(*survey.channels));
    }
    if (survey.job) {
        std::ranges::move(slurm_findings(survey), std::back_inserter(out));
    }
    return out;
}

namespace {

struct phase_words {
    const char* name;
    std::string cure;
};

phase_words phase_of(const failure& why, const std::string& by_hand) {
    const bool in_shell = why.context.find("login shell") != std::string::npos;
    switch (why.kind()) {
    case errc::resolve_failed:
        return {"resolve",
                "check 'host' of the remote in config.yml (and the VPN, if it takes one)"};
    case errc::connect_failed:
    case errc::timed_out:
        if (in_shell) {
            return {"shell", "see what the start-up files of the login shell do: " + by_hand +
                                 " /bin/sh -c true"};
        }
        return {"connect", "see whether the machine is up and sshd runs, by hand: " + by_hand};
    case errc::authentication_failed:
        return {"login", "see which key the machine accepts: " + by_hand +
                             "; then set 'user' or 'private-key' of the remote in config.yml, or "
                             "add the key there (ssh-copy-id)"};
    case errc::host_key_unknown:
        return {"host_key", "compare the fingerprint with the machine's, then record it: " +
                                by_hand + "; or set 'host-keys: accept-new' in config.yml"};
    case errc::host_key_changed:
        return {"host_key",
                "if the machine was installed anew, remove the old key (ssh-keygen -R); "
                "otherwise somebody may be in between: do not go on"};
    case errc::agent_unusable:
        return in_shell
                   ? phase_words{"shell",
                                 "see what the login shell does: " + by_hand + " /bin/sh -c true"}
                   : phase_words{"agent", "make room or rights in one of these directories, or "
                                          "set XDG_CACHE_HOME there"};
    case errc::unsupported:
        if (why.context.find("no agent runs on") == std::string::npos) {
            return {"connection", "see the message"};
        }
        return {"agent", "use a machine that runs Linux on x86-64 or aarch64"};
    default:
        return {"connection", "see the message"};
    }
}

} // namespace

finding finding_of(const failure& why, const std::string& by_hand) {
    auto [phase, cure] = phase_of(why, by_hand);
    return problem(phase, fmt::format("{}: {}", phase, why.context), std::move(cure));
}

} // namespace outrider
