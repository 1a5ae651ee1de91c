#include "engine/agent/machine/descendants.hpp"

#include "engine/agent/machine/signal_process.hpp"
#include "engine/runs/small_file.hpp"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace outrider::agent {
namespace {

std::vector<process_stat> all_processes() {
    std::vector<process_stat> out;
    DIR* listing = ::opendir("/proc");
    if (listing == nullptr) {
        return out;
    }
    while (const dirent* entry = ::readdir(listing)) {
        const std::string_view name(entry->d_name);
        std::int64_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) {
            continue;
        }
        if (const auto process = read_process(pid); process && !process->is_gone()) {
            out.push_back(*process);
        }
    }
    ::closedir(listing);
    return out;
}

/// The length of a run id that nobody chose: 32 hex digits, which no other run has.
constexpr std::size_t unique_id = 32;

std::string process_file(std::int64_t pid, const char* name) {
    return read_small_file("/proc/" + std::to_string(pid) + "/" + name, std::size_t{4} << 20)
        .value_or("");
}

/// A variable in an environment as /proc shows it; nothing if it is not there.
std::optional<std::string_view> variable_in(std::string_view environment, std::string_view name) {
    while (!environment.empty()) {
        const auto entry = environment.substr(0, environment.find('\0'));
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
            return entry.substr(name.size() + 1);
        }
        environment.remove_prefix(std::min(entry.size() + 1, environment.size()));
    }
    return std::nullopt;
}

/// Whether two names, of which one may lead through links, are of one directory.
bool same_directory(const std::string& one, const std::string& other) {
    struct stat a{};
    struct stat b{};
    return one == other || (::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 &&
                            a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

/// Whether a process is in the scope that the supervisor made for itself and its operation
/// (`enter_user_scope`), which nobody leaves by a session or an environment of their own.
bool in_scope(std::int64_t pid, const std::string& run_id) {
    return process_file(pid, "cgroup").find("/outrider-" + run_id + ".scope") != std::string::npos;
}

/// Adds whoever is a child of a member, until nothing changes.
void add_children(const std::vector<process_stat>& all, std::set<std::int64_t>& members,
                  std::int64_t supervisor) {
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& process : all) {
            if (members.contains(process.parent) && process.pid != supervisor) {
                grown = members.insert(process.pid).second || grown;
            }
        }
    }
}

} // namespace

std::vector<process_mark> living_processes(const run_processes& run,
                                           const std::vector<process_mark>& known) {
    const auto all = all_processes();
    const std::int64_t self = ::getpid();
    std::set<std::int64_t> members;
    const auto is_known = [&](const process_stat& process) {
        return process.mark() == run.operation ||
               std::ranges::find(known, process.mark()) != known.end();
    };
    const bool group_is_ours = std::ranges::none_of(all, [&](const process_stat& process) {
        return process.pid == run.operation.pid && process.start != run.operation.start;
    });
    for (const auto& process : all) {
        const bool in_group =
            group_is_ours && run.supervisor.pid != 0 &&
            (process.group == run.operation.pid || process.session == run.operation.pid);
        if (in_group || is_known(process)) {
            members.insert(process.pid);
            continue;
        }
        const std::string environment = process_file(process.pid, "environ");
        if (is_marked_for(run, environment)) {
            members.insert(process.pid);
        } else if (!variable_in(environment, "RUN_ID")) {
            // It cleared its environment, or hides it; one of another run is that run's.
            const bool adopted = run.supervisor.pid != 0 && process.parent == run.supervisor.pid;
            if (adopted || in_scope(process.pid, run.run_id)) {
                members.insert(process.pid);
            }
        }
    }
    members.erase(run.supervisor.pid);
    add_children(all, members, run.supervisor.pid);
    std::vector<process_mark> out;
    for (const auto& process : all) {
        if (members.contains(process.pid) && process.pid != self &&
            process.pid != run.supervisor.pid) {
            out.push_back(process.mark());
        }
    }
    return out;
}

bool is_marked_for(const run_processes& run, std::string_view environment) {
    const auto id = variable_in(environment, "RUN_ID");
    if (id != run.run_id) {
        return false;
    }
    // The name of a directory that somebody chose for a run may be that of another as well.
    const auto directory = variable_in(environment, "RUN_DIR");
    return run.run_id.size() == unique_id || !directory ||
           same_directory(std::string(*directory), run.directory);
}

void wake_suspended(const std::vector<process_mark>& processes) {
    for (const auto& mark : processes) {
        const auto process = read_process(mark.pid);
        if (process && (process->is_suspended() || process->is_uninterruptible())) {
            signal_process(mark, SIGCONT);
        }
    }
}

} // namespace outrider::agent
