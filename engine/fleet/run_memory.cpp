#include "engine/fleet/run_memory.hpp"

#include "engine/core/wall_clock.hpp"
#include "engine/fleet/run_rows.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/text/finished_text.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace outrider {
namespace {

std::int64_t time_of(const protocol::run_facts& facts) {
    for (const char* name : {"started", "initialized"}) {
        const auto found = facts.attributes.find(name);
        std::int64_t value = 0;
        if (found != facts.attributes.end() &&
            std::from_chars(found->second.data(), found->second.data() + found->second.size(),
                            value)
                    .ec == std::errc()) {
            return value;
        }
    }
    return -1;
}

// As a listing orders them: newest first.
bool comes_before(const protocol::run_facts& a, const protocol::run_facts& b) {
    const auto of_a = time_of(a);
    const auto of_b = time_of(b);
    return of_a != of_b ? of_a > of_b : a.id < b.id;
}

bool same(const protocol::run_facts& a, const protocol::run_facts& b) {
    return protocol::encode(a) == protocol::encode(b);
}

bool has_ended_now(const protocol::run_facts& before, const protocol::run_facts& now) {
    return !is_final(status_of(before).state) && is_final(status_of(now).state);
}

} // namespace

bool is_final(run_state state) {
    return state == run_state::completed || state == run_state::error ||
           state == run_state::terminated;
}

machine_memory& run_memory::add(const std::string& key, const std::string& remote) {
    std::erase_if(machines_, [&](const auto& each) {
        return each.first != key && each.second.remote == remote;
    });
    auto& machine = machines_[key];
    machine.key = key;
    machine.remote = remote;
    for (auto& [other, each] : machines_) {
        each.runs.resize(std::min(each.runs.size(), limit()));
    }
    return machine;
}

void run_memory::forget(const std::string& key) {
    machines_.erase(key);
    invalidations_.erase(key);
}

const machine_memory* run_memory::find(const std::string& key) const {
    const auto found = machines_.find(key);
    return found == machines_.end() ? nullptr : &found->second;
}

machine_memory* run_memory::known(const std::string& key) {
    const auto found = machines_.find(key);
    return found == machines_.end() ? nullptr : &found->second;
}

std::size_t run_memory::limit() const {
    return std::min(most_per_machine, most_in_all / std::max<std::size_t>(machines_.size(), 1));
}

void run_memory::take(const std::string& key, run_listing listing) {
    auto* machine = known(key);
    if (machine == nullptr) {
        return;
    }
    std::ranges::sort(listing.runs, comes_before);
    listing.runs.resize(std::min(listing.runs.size(), limit()));
    for (auto& each : listing.runs) {
        slim(each);
    }
    std::vector<memory_change> changes;
    if (machine->confirmed_us != 0) { // what a machine had before anybody knew it is no news
        std::map<std::string, const protocol::run_facts*> before;
        for (const auto& each : machine->runs) {
            before.emplace(each.id, &each);
        }
        for (const auto& each : listing.runs) {
            const auto found = before.find(each.id);
            if (found == before.end()) {
                changes.push_back({run_change::appeared, each});
                continue;
            }
            if (!same(*found->second, each)) {
                changes.push_back(
                    {has_ended_now(*found->second, each) ? run_change::ended : run_change::changed,
                     each});
            }
            before.erase(found);
        }
        // What sorts after all that was listed may still be there.
        const bool all = static_cast<std::int64_t>(listing.runs.size()) == listing.total;
        for (const auto& [id, facts] : before) {
            if (all || (!listing.runs.empty() && comes_before(*facts, listing.runs.back()))) {
                changes.push_back({run_change::gone, *facts});
            }
        }
    }
    machine->home = std::move(listing.home);
    machine->runs = std::move(listing.runs);
    machine->total = listing.total;
    machine->confirmed_us = wall_clock_us();
    settle(key, listing.moment);
    if (told_) {
        told_(*machine, changes);
    }
}

void run_memory::take_aside(const std::string& key, run_listing listing) {
    auto* machine = known(key);
    if (machine == nullptr) {
        return;
    }
    if (!machine->watched) {
        take(key, std::move(listing));
        return;
    }
    std::erase_if(listing.runs, [&](const auto& each) {
        return std::ranges::find(machine->runs, each.id, &protocol::run_facts::id) ==
               machine->runs.end();
    });
    take_changes(key, std::move(listing.runs), {}, machine->total);
}

void run_memory::take_changes(const std::string& key, std::vector<protocol::run_facts> changed,
                              const std::vector<std::string>& gone, std::int64_t total) {
    auto* machine = known(key);
    if (machine == nullptr) {
        return;
    }
    auto& runs = machine->runs;
    std::vector<memory_change> changes;
    // Beyond the last one that is known there are others, which nobody told of.
    const auto last = machine->whole() || runs.empty() ? std::optional<protocol::run_facts>()
                                                       : std::optional(runs.back());
    for (const auto& id : gone) {
        const auto found = std::ranges::find(runs, id, &protocol::run_facts::id);
        if (found != runs.end()) {
            changes.push_back({run_change::gone, std::move(*found)});
            runs.erase(found);
        }
    }
    for (auto& facts : changed) {
        slim(facts);
        const auto found = std::ranges::find(runs, facts.id, &protocol::run_facts::id);
        if (found != runs.end()) {
            if (!same(*found, facts)) {
                changes.push_back(
                    {has_ended_now(*found, facts) ? run_change::ended : run_change::changed,
                     facts});
            }
            runs.erase(found);
        } else if (last && comes_before(*last, facts)) {
            continue;
        } else {
            changes.push_back({run_change::appeared, facts});
        }
        runs.insert(std::ranges::upper_bound(runs, facts, comes_before), std::move(facts));
    }
    runs.resize(std::min(runs.size(), limit()));
    machine->total = total;
    if (told_ && !changes.empty()) {
        told_(*machine, changes);
    }
}

void run_memory::confirm(const std::string& key) {
    if (auto* machine = known(key)) {
        machine->confirmed_us = wall_clock_us();
    }
}

void run_memory::set_watched(const std::string& key, bool watched, std::string trouble) {
    if (auto* machine = known(key)) {
        machine->watched = watched;
        machine->trouble = finished_text(std::move(trouble)); // told to many
    }
}

void run_memory::set_clock(const std::string& key, clock_offset clock) {
    if (auto* machine = known(key)) {
        machine->clock = clock;
    }
}

std::int64_t run_memory::invalidate(const std::string& key) {
    ++moment_;
    if (machines_.contains(key)) {
        invalidations_[key] = moment_;
    }
    return moment_;
}

void run_memory::settle(const std::string& key, std::int64_t moment) {
    const auto found = invalidations_.find(key);
    if (found != invalidations_.end() && found->second <= moment) {
        invalidations_.erase(found);
    }
}

// Only what a row of a table needs is kept.
void run_memory::slim(protocol::run_facts& facts) {
    static const auto kept = [] {
        const auto names = row_attributes();
        std::set<std::string> all(names.begin(), names.end());
        all.insert({"started", "initialized", "exit_status"});
        return all;
    }();
    std::erase_if(facts.attributes, [](const auto& each) { return !kept.contains(each.first); });
}

} // namespace outrider
