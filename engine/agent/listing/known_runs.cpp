#include "engine/agent/listing/known_runs.hpp"

#include "engine/agent/files/file_mark.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/json/described_json.hpp"

#include <fcntl.h>

#include <functional>

namespace outrider::agent {
namespace {

std::uint64_t print_of(const protocol::run_facts& facts) {
    return std::hash<std::string>()(protocol::encode(facts));
}

void mix(std::uint64_t& print, std::uint64_t value) {
    print = (print ^ value) * 0x9e3779b97f4a7c15ULL;
    print ^= print >> 32U;
}

} // namespace

void known_runs::add_untold(const std::string& id) {
    runs_known_[id].marks = marks_of(id);
}

void known_runs::add_told(const protocol::run_facts& facts) {
    auto& one = runs_known_[facts.id];
    one.facts = print_of(facts);
    one.marks = marks_of(facts.id);
    one.unfinished = !has_ended(facts);
}

void known_runs::look_at(const std::string& id) {
    const run_paths run{runs_ / id};
    if (!is_safe_name(id) || !is_run(run)) {
        if (runs_known_.erase(id) > 0) {
            changed_.erase(id);
            gone_.push_back(id);
        }
        return;
    }
    // Marks first: what changes in between is seen at the next glance.
    const auto marks = marks_of(id);
    auto facts = read_run(run, *context_.launcher, attributes_);
    auto& one = runs_known_[id];
    const auto print = print_of(facts);
    one.marks = marks;
    one.unfinished = !has_ended(facts);
    if (one.facts != print) {
        one.facts = print;
        changed_.insert_or_assign(id, std::move(facts));
    }
}

bool known_runs::differs(const std::string& id) const {
    const auto found = runs_known_.find(id);
    return found == runs_known_.end() || found->second.marks != marks_of(id);
}

std::vector<std::string> known_runs::unfinished() const {
    std::vector<std::string> out;
    for (const auto& [id, one] : runs_known_) {
        if (one.unfinished) {
            out.push_back(id);
        }
    }
    return out;
}

std::vector<std::string> known_runs::missing(const std::set<std::string>& there) const {
    std::vector<std::string> out;
    for (const auto& [id, one] : runs_known_) {
        if (!there.contains(id)) {
            out.push_back(id);
        }
    }
    return out;
}

std::vector<protocol::run_facts> known_runs::take_changed(std::size_t most) {
    std::vector<protocol::run_facts> out;
    while (!changed_.empty() && out.size() < most) {
        out.push_back(std::move(changed_.extract(changed_.begin()).mapped()));
    }
    return out;
}

// Of the two directories, and of each attribute: Guild writes some of them in place.
std::uint64_t known_runs::marks_of(const std::string& id) const {
    std::uint64_t print = 1;
    const auto add = [&](const std::string& path) {
        const auto mark = mark_of(AT_FDCWD, path).value_or(file_mark{});
        mix(print, mark.inode);
        mix(print, mark.size);
        mix(print, static_cast<std::uint64_t>(mark.modified_ns));
        mix(print, static_cast<std::uint64_t>(mark.changed_ns));
    };
    const std::string guild = (runs_ / id / ".guild").native();
    add(guild);
    add(guild + "/attrs");
    for (const auto& name : attributes_) {
        add(guild + "/attrs/" + name);
    }
    return print;
}

} // namespace outrider::agent
