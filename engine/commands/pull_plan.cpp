#include "engine/commands/pull_plan.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace outrider {
namespace {

using protocol::file_entry;
using protocol::file_type;

bool is_or_is_below(std::string_view path, std::string_view root) {
    return path == root || (path.starts_with(root) && path.substr(root.size()).starts_with('/'));
}

// What belongs to the machine that runs it, or is written by the pull itself.
bool travels(std::string_view path) {
    static constexpr std::array markers{
        std::string_view(".guild/PENDING"), std::string_view(".guild/STAGED"),
        std::string_view(".guild/TERMINATED.remote"), std::string_view(".guild/JOB")};
    if (path.starts_with(".guild/LOCK") || is_or_is_below(path, ".guild/job-packages")) {
        return false;
    }
    if (is_or_is_below(path, ".guild/outrider")) {
        return path == ".guild/outrider" || path == ".guild/outrider/reason";
    }
    return std::find(markers.begin(), markers.end(), path) == markers.end();
}

bool same(const file_entry& far, const file_entry& local) {
    if (far.type != local.type || far.target != local.target) {
        return false;
    }
    if (far.type == file_type::link) {
        return true;
    }
    // A directory's time changes with every file in it and says nothing of its own.
    return far.mode == local.mode && (far.type == file_type::directory ||
                                      (far.size == local.size && far.mtime_ns == local.mtime_ns));
}

bool tells_the_end(std::string_view path) {
    return path == ".guild/attrs/exit_status" || path == ".guild/attrs/stopped" ||
           path == ".guild/outrider/reason";
}

} // namespace

pull_plan plan_pull(const std::vector<file_entry>& far, const std::vector<file_entry>& local,
                    bool delete_extra) {
    std::map<std::string_view, const file_entry*> here;
    for (const auto& entry : local) {
        here.emplace(entry.path, &entry);
    }
    pull_plan plan;
    for (const auto& entry : far) {
        if (!travels(entry.path) || entry.type == file_type::other) {
            continue;
        }
        const auto found = here.find(entry.path);
        const bool unchanged = found != here.end() && same(entry, *found->second);
        if (found != here.end()) {
            here.erase(found);
        }
        if (unchanged) {
            continue;
        }
        auto& step = entry.path == ".guild/opref"                 ? plan.opref
                     : is_or_is_below(entry.path, ".guild/attrs") ? plan.attributes
                                                                  : plan.files;
        step.push_back(entry.path);
    }
    for (const auto& [path, entry] : here) {
        if (travels(path) && path != ".guild/opref" && (delete_extra || tells_the_end(path))) {
            plan.remove.emplace_back(path);
        }
    }
    std::reverse(plan.remove.begin(), plan.remove.end()); // children come before their parents
    return plan;
}

} // namespace outrider
