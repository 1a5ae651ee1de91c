#include "engine/commands/pools/pool_sweep.hpp"

#include "engine/commands/starting/run_planning.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace outrider {
namespace {

// A run that cannot be started leaves an error without an exit status, too.
bool was_launched(const protocol::run_facts& facts) {
    return !facts.reason || facts.reason->kind != "failed_to_launch";
}

} // namespace

pool_sweep::pool_sweep(protocol::children_head head, run_paths batch, sweep_record record,
                       std::function<void(const std::string&)> say, std::function<void()> changed)
    : head_(std::move(head)), batch_(std::move(batch)), record_(std::move(record)),
      say_(std::move(say)), changed_(std::move(changed)) {
    const auto boxes = pool().machines.size();
    shares_.resize(boxes);
    held_.resize(boxes);
    queues_.resize(boxes);
}

std::optional<std::size_t> pool_sweep::box_of(const std::string& machine) const {
    const auto& all = head_.pool->machines;
    const auto at = std::ranges::find(all, machine);
    return at == all.end() ? std::nullopt
                           : std::optional(static_cast<std::size_t>(at - all.begin()));
}

result<> pool_sweep::begin(std::vector<protocol::planned_child> plan,
                           const protocol::children_choice& chosen) {
    std::map<std::string, placement> last;
    for (const auto& line : record_.lines()) {
        if (line.state != placement_state::queue) {
            last[line.trial] = line;
        } else if (const auto box = box_of(line.machine)) {
            queues_[*box] = line.run;
        }
    }
    progress_.total = static_cast<std::int64_t>(plan.size());
    trials_.reserve(plan.size());
    for (auto& child : plan) {
        const std::size_t i = trials_.size();
        sweep_trial& one = trials_.emplace_back();
        one.child = std::move(child);
        one.now.trial = one.child.id;
        one.now.attempt = 1;
        one.now.run = one.child.id;
        if (const auto before = last.find(one.child.id); before != last.end()) {
            one.now = before->second;
        }
        by_run_[one.now.run] = i;
        switch (one.now.state) {
        case placement_state::placing:
        case placement_state::placed:
        case placement_state::removing:
            if (!box_of(one.now.machine)) {
                return failure(errc::bad_input, one.now.machine + " is not in the pool any more");
            }
            hold(i);
            break;
        case placement_state::failed:
        case placement_state::terminated:
            chosen.failed ? again(i, one.now.why) : count(one);
            break;
        case placement_state::lost:
            chosen.lost ? again(i, one.now.why) : count(one);
            break;
        case placement_state::waiting:
            if (chosen.pending) {
                waiting_.push_back(i);
            }
            break;
        default:
            count(one);
        }
    }
    tell_progress();
    return broken_ ? result<>(*broken_) : result<>();
}

// ---- the record

// On the disk before whoever called goes on: a sweep whose record cannot be written stops.
void pool_sweep::write(const std::vector<placement>& lines) {
    if (auto written = record_.add(lines); !written && !broken_) {
        broken_ = written.error();
        changed_();
    }
}

void pool_sweep::hold(std::size_t i) {
    const auto box = *box_of(trials_[i].now.machine);
    held_[box].insert(i);
    shares_[box].held = static_cast<std::int64_t>(held_[box].size());
}

void pool_sweep::release(std::size_t i) {
    const auto box = *box_of(trials_[i].now.machine);
    held_[box].erase(i);
    shares_[box].held = static_cast<std::int64_t>(held_[box].size());
    if (std::exchange(trials_[i].runs, false)) {
        --progress_.running;
    }
    changed_();
}

void pool_sweep::step(std::size_t i, placement_state state) {
    trials_[i].now.state = state;
    trials_[i].now.time_us = now_us();
    write({trials_[i].now});
}

void pool_sweep::begins_queue(std::size_t box, const std::string& id) {
    queues_[box] = id;
    write({placement{.trial = {},
                     .run = id,
                     .machine = pool().machines[box],
                     .state = placement_state::queue,
                     .why = {},
                     .time_us = now_us()}});
}

// ---- placing

bool pool_sweep::may_go_to(const sweep_trial& one, std::size_t box) const {
    if (one.avoid != pool().machines[box]) {
        return true;
    }
    for (std::size_t other = 0; other < shares_.size(); ++other) {
        if (other != box && shares_[other].counts) {
            return false;
        }
    }
    return true; // there is no other one
}

std::vector<std::size_t> pool_sweep::take(std::size_t box) {
    std::vector<std::size_t> out;
    if (stopping_ || broken_) {
        return out;
    }
    auto left =
        trials_to_take(shares_, box, static_cast<std::int64_t>(waiting_.size()), pool().ahead);
    std::vector<placement> lines;
    for (auto at = waiting_.begin(); at != waiting_.end() && left > 0;) {
        sweep_trial& one = trials_[*at];
        if (!may_go_to(one, box)) {
            ++at;
            continue;
        }
        one.now.machine = pool().machines[box];
        one.now.state = placement_state::placing;
        one.now.why.clear();
        one.now.time_us = now_us();
        lines.push_back(one.now);
        out.push_back(*at);
        hold(*at);
        at = waiting_.erase(at);
        --left;
    }
    if (!lines.empty()) {
        write(lines);
    }
    return broken_ ? std::vector<std::size_t>() : out;
}

void pool_sweep::give_back(std::size_t i) {
    release(i);
    step(i, placement_state::waiting);
    waiting_.push_front(i);
    changed_();
}

// One more attempt is one more run.
void pool_sweep::again(std::size_t i, const std::string& why) {
    sweep_trial& one = trials_[i];
    by_run_.erase(one.now.run);
    one.former = fmt::format("{} on {}{}{}", boost::describe::enum_to_string(one.now.state, ""),
                             one.now.machine, why.empty() ? "" : ": ", why);
    one.avoid = one.now.state == placement_state::lost ? one.now.machine : "";
    ++one.now.attempt;
    one.now.run = new_run_id();
    one.now.why = one.former;
    by_run_[one.now.run] = i;
    step(i, placement_state::waiting);
    waiting_.push_back(i);
    changed_();
}

// ---- what machines say

void pool_sweep::found(std::size_t box, const protocol::run_facts& facts) {
    const auto at = by_run_.find(facts.id);
    if (facts.id == queues_[box] && !facts.pending) {
        if (status_of(facts).state != run_state::running) {
            ends_queue(box);
            changed_();
        }
        return;
    }
    if (at == by_run_.end() || !held_[box].contains(at->second)) {
        return;
    }
    const auto i = at->second;
    sweep_trial& one = trials_[i];
    if (facts.pending && one.now.state == placement_state::placing) {
        return; // it is being made, or that was cut off: then it is asked for once more
    }
    const auto status = status_of(facts);
    const bool lost =
        status.state == run_state::error && !status.exit_status && was_launched(facts);
    switch (status.state) {
    case run_state::pending:
    case run_state::staged:
        break;
    case run_state::running:
        if (!std::exchange(one.runs, true)) {
            ++progress_.running;
            say_(fmt::format("INFO: [guild] Running trial {} on {}: {}", one.now.run,
                             one.now.machine, one.child.title));
            tell_progress();
        }
        break;
    case run_state::completed:
        ended(i, placement_state::completed, {}, status.exit_status);
        break;
    case run_state::terminated:
        ended(i, placement_state::terminated, status.reason, status.exit_status);
        break;
    default:
        ended(i, lost ? placement_state::lost : placement_state::failed, status.reason,
              status.exit_status);
    }
}

void pool_sweep::missing(std::size_t i) {
    switch (trials_[i].now.state) {
    case placement_state::placing:
        return; // it is asked for once more
    case placement_state::removing:
        give_back(i);
        return;
    default:
        break;
    }
    if (head_.common.delete_on_success || head_.common.trash_on_success) {
        ended(i, placement_state::completed, {}, 0); // nothing else removes it
    } else {
        ended(i, placement_state::lost, "its run is not there any more", std::nullopt);
    }
}

void pool_sweep::not_started(std::size_t i, const std::string& why) {
    ended(i, placement_state::failed, why, std::nullopt);
}

void pool_sweep::ended(std::size_t i, placement_state state, const std::string& why,
                       std::optional<std::int64_t> code) {
    sweep_trial& one = trials_[i];
    release(i);
    one.now.why = why;
    step(i, state);
    const auto& codes = pool().retry_codes;
    const bool retried =
        !stopping_ && ((state == placement_state::lost && one.losses++ < pool().retry_lost) ||
                       (state == placement_state::failed && code &&
                        (codes.empty() || std::ranges::find(codes, *code) != codes.end()) &&
                        one.failures++ < pool().retry_failed));
    std::string how(boost::describe::enum_to_string(state, ""));
    if (state == placement_state::failed && code) {
        how = fmt::format("exited with an error ({})", *code);
    } else if (state != placement_state::completed) {
        how = (state == placement_state::failed ? "failed" : "was " + how) +
              (why.empty() ? "" : ": " + why);
    }
    say_(fmt::format("{}: [guild] Trial {} on {} {}{}",
                     state == placement_state::completed ? "INFO" : "ERROR", one.now.run,
                     one.now.machine, how, retried ? "; it is tried again" : ""));
    if (retried) {
        again(i, why);
        tell_progress();
        return;
    }
    conclude(i);
    if (state != placement_state::completed && state != placement_state::terminated &&
        head_.stop_on_failure && !stopping_) {
        say_("ERROR: [guild] Stopping batch because a trial failed (pending trials can be "
             "started as needed)");
        exit_code_ = code.value_or(1);
        stop(false);
    }
}

void pool_sweep::conclude(std::size_t i) {
    const sweep_trial& one = trials_[i];
    count(one);
    tell_progress();
    // It leads to the run once that was pulled; until then nobody minds.
    std::ignore =
        ::symlink(("../" + one.now.run).c_str(), (batch_.directory / one.now.run).c_str());
}

void pool_sweep::count(const sweep_trial& one) {
    ++progress_.done;
    progress_.failed += one.now.state == placement_state::completed ? 0 : 1;
}

void pool_sweep::tell_progress() const {
    std::ignore = replace_file(batch_.children_progress(), batch_.temporary("progress"),
                               protocol::encode(progress_) + "\n"); // only shows how far it is
}

void pool_sweep::stop(bool running) {
    stopping_ = true;
    ends_running_ = ends_running_ || running;
    changed_();
}

bool pool_sweep::over() const {
    return broken_ || ((stopping_ || waiting_.empty()) &&
                       std::ranges::all_of(held_, [](const auto& one) { return one.empty(); }));
}

std::string pool_sweep::sum() const {
    std::int64_t held = 0;
    for (const auto& one : held_) {
        held += static_cast<std::int64_t>(one.size());
    }
    return fmt::format("{} of {} trials done, {} of them failed{}", progress_.done, progress_.total,
                       progress_.failed,
                       held > 0 ? fmt::format(", {} still on their machines", held) : "");
}

} // namespace outrider
