#include "engine/agent/children/trial_history.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/agent/server/job_drive.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/scalars/scalar_series.hpp"
#include "engine/text/flat_mapping.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>
#include <tuple>

namespace outrider::agent {
namespace {

std::int64_t started_of(const protocol::run_facts& facts) {
    const auto found = facts.attributes.find("started");
    return found == facts.attributes.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
}

std::string sourcecode_digest(const run_paths& run) {
    auto text = read_small_file(run.attribute("sourcecode_digest")).value_or("");
    return text == "null\n" ? "" : text; // without source code nothing is the same
}

std::optional<opref> operation_of(const run_paths& run) {
    auto read = parse_opref(read_small_file(run.opref()).value_or(""));
    return read ? std::optional(std::move(*read)) : std::nullopt;
}

// Of whatever version: a project changes from day to day.
bool is_same_operation(const opref& a, const opref& b) {
    return a.pkg_type == b.pkg_type && a.pkg_name == b.pkg_name && a.model == b.model &&
           a.op == b.op;
}

} // namespace

trial_history::trial_history(const agent_context& context, const parent_run& parent,
                             const protocol::children_head& head)
    : context_(context), parent_(parent), head_(head) {
    const run_paths proto{parent.run.proto()};
    digest_ = sourcecode_digest(proto);
    operation_ = operation_of(proto);
}

void trial_history::add(const protocol::planned_child& child) {
    if (!own_.contains(child.id)) {
        order_.push_back(child.id);
    }
    own_[child.id] = {.seen = {.flags = child.values, .outcome = trial_outcome::running}};
}

// One that was planned and is not there yet is about to run.
void trial_history::look_at_own(const std::string& id, known_trial& trial) {
    const run_paths run = parent_.child(id);
    if (!is_run(run)) {
        return;
    }
    const auto facts = read_run(run, *context_.launcher, {});
    const auto state = status_of(facts).state;
    trial.started = started_of(facts);
    trial.state = state;
    trial.settled = false;
    trial.seen.outcome = trial_outcome::running;
    if (state == run_state::completed) {
        trial.settled = true;
        trial.seen.outcome = trial_outcome::completed;
        unread_.push_back(id);
    } else if (state == run_state::error || state == run_state::terminated) {
        trial.seen.outcome = trial_outcome::failed; // it may run again
    }
}

bool trial_history::is_related(const run_paths& run) const {
    if (head_.search->settings.prev_trials == "operation") {
        const auto of = operation_of(run);
        return of && operation_ && is_same_operation(*of, *operation_);
    }
    return !digest_.empty() && sourcecode_digest(run) == digest_;
}

std::optional<trial_history::known_trial> trial_history::other_trial(const run_paths& run) const {
    const auto facts = read_run(run, *context_.launcher, {"flags"});
    if (status_of(facts).state != run_state::completed || !is_related(run)) {
        return std::nullopt;
    }
    const auto flags = facts.attributes.find("flags");
    return known_trial{.started = started_of(facts),
                       .seen = {.flags = flags == facts.attributes.end()
                                             ? flag_map()
                                             : read_flat_mapping(flags->second)},
                       .settled = true};
}

void trial_history::look_for_others() {
    if (head_.search->settings.prev_trials == "batch") {
        return;
    }
    std::error_code ec; // a home that cannot be listed has no runs that we could read
    for (const auto& entry : fs::directory_iterator(parent_.run.directory.parent_path(), ec)) {
        const std::string id = entry.path().filename().native();
        if (own_.contains(id) || past_.contains(id) || unrelated_.contains(id)) {
            continue;
        }
        const run_paths run{entry.path()};
        if (::access(run.attribute("exit_status").c_str(), F_OK) != 0 || !is_run(run)) {
            continue; // it has not ended
        }
        if (auto trial = other_trial(run)) {
            past_.emplace(id, std::move(*trial));
            unread_.push_back(id);
        } else {
            unrelated_.insert(id);
        }
    }
}

result<> trial_history::read_objectives() {
    if (unread_.empty()) {
        return {};
    }
    auto read = scalars_here(context_, {.home = parent_.home, .ids = unread_});
    if (!read) {
        return read.error();
    }
    for (const auto& run : *read) {
        const auto value = chosen_of(run.scalars, head_.objective);
        auto& of = own_.contains(run.run_id) ? own_ : past_;
        if (value && !std::isnan(*value)) {
            of[run.run_id].seen.objective = *value;
            of[run.run_id].has_objective = true;
        }
    }
    for (const auto& id : unread_) {
        auto& trial = (own_.contains(id) ? own_ : past_)[id];
        if (!trial.has_objective) {
            trial.seen.objective = std::numeric_limits<double>::quiet_NaN();
        }
    }
    unread_.clear();
    return {};
}

std::vector<trial_history::own_trial> trial_history::own() const {
    std::vector<own_trial> out;
    for (const auto& id : order_) {
        const auto& trial = own_.at(id);
        out.push_back({.id = id,
                       .state = trial.state,
                       .flags = trial.seen.flags,
                       .objective = trial.has_objective ? std::optional(trial.seen.objective)
                                                        : std::nullopt});
    }
    return out;
}

result<seen_trials> trial_history::look() {
    for (auto& [id, trial] : own_) {
        if (!trial.settled) {
            look_at_own(id, trial);
        }
    }
    look_for_others();
    if (auto read = read_objectives(); !read) {
        return read.error();
    }
    std::vector<std::tuple<std::int64_t, std::string, const known_trial*>> ordered;
    seen_trials out;
    for (const auto* part : {&past_, &own_}) {
        for (const auto& [id, trial] : *part) {
            const bool completed = trial.seen.outcome == trial_outcome::completed;
            // Those of others that say nothing about the objective are no failures.
            if (part == &own_ || trial.has_objective) {
                ordered.emplace_back(trial.started, id, &trial);
            }
            out.completed += completed ? 1U : 0U;
            out.told += completed && trial.has_objective ? 1U : 0U;
        }
    }
    std::ranges::sort(ordered);
    for (const auto& [started, id, trial] : ordered) {
        out.trials.push_back(trial->seen);
    }
    return out;
}

} // namespace outrider::agent
