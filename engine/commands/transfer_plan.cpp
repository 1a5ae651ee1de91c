#include "engine/commands/transfer_plan.hpp"

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

// What belongs to the machine that runs it, or is written by the transfer itself.
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

bool same(const file_entry& source, const file_entry& copy) {
    if (source.type != copy.type || source.target != copy.target) {
        return false;
    }
    if (source.type == file_type::link) {
        return true;
    }
    // A directory's time changes with every file in it and says nothing of its own.
    return source.mode == copy.mode &&
           (source.type == file_type::directory ||
            (source.size == copy.size && source.mtime_ns == copy.mtime_ns));
}

bool tells_the_end(std::string_view path) {
    return path == ".guild/attrs/exit_status" || path == ".guild/attrs/stopped" ||
           path == ".guild/outrider/reason";
}

} // namespace

transfer_plan plan_transfer(const std::vector<file_entry>& source,
                            const std::vector<file_entry>& copy, bool delete_extra) {
    std::map<std::string_view, const file_entry*> there;
    for (const auto& entry : copy) {
        there.emplace(entry.path, &entry);
    }
    transfer_plan plan;
    for (const auto& entry : source) {
        if (!travels(entry.path) || entry.type == file_type::other) {
            continue;
        }
        const auto found = there.find(entry.path);
        const bool unchanged = found != there.end() && same(entry, *found->second);
        if (found != there.end()) {
            there.erase(found);
        }
        if (unchanged) {
            continue;
        }
        auto& step = entry.path == ".guild/opref"                 ? plan.opref
                     : is_or_is_below(entry.path, ".guild/attrs") ? plan.attributes
                                                                  : plan.files;
        step.push_back(entry.path);
    }
    for (const auto& [path, entry] : there) {
        const bool stays = path == ".guild/opref" || path == ".guild/outrider";
        if (travels(path) && !stays && (delete_extra || tells_the_end(path))) {
            plan.remove.emplace_back(path);
        }
    }
    std::reverse(plan.remove.begin(), plan.remove.end()); // children come before their parents
    return plan;
}

} // namespace outrider
