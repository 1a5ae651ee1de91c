#include "engine/agent/machine/descendants.hpp"

#include "engine/runs/small_file.hpp"

#include <dirent.h>
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

/// The RUN_ID in a process's environment; nothing if it has none or hides it.
std::optional<std::string> run_id_of(std::int64_t pid) {
    const auto text =
        read_small_file("/proc/" + std::to_string(pid) + "/environ", std::size_t{4} << 20);
    if (!text) {
        return std::nullopt;
    }
    const std::string framed = '\0' + *text;
    const std::string name("\0RUN_ID=", 8);
    const auto at = framed.find(name);
    if (at == std::string::npos) {
        return std::nullopt;
    }
    return std::string(framed.c_str() + at + name.size()); // up to its NUL
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
        const auto id = in_group || is_known(process) ? std::nullopt : run_id_of(process.pid);
        if (in_group || is_known(process) || id == run.run_id) {
            members.insert(process.pid);
        } else if (run.supervisor.pid != 0 && process.parent == run.supervisor.pid && !id) {
            members.insert(process.pid); // an orphan that cleared its environment
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

} // namespace outrider::agent
