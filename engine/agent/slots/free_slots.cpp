#include "engine/agent/slots/free_slots.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/agent/slots/gpus.hpp"
#include "engine/agent/slots/slot_file.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace outrider::agent {
namespace {

/// Names the slots of the run that this process belongs to.
constexpr const char* slots_variable = "OUTRIDER_SLOTS";
/// Between two looks where processes that are not ours may end, or the driver did not answer.
constexpr int foreign_interval_ms = 2'000;
/// The same for plain slots: whoever holds one only to look at it is no event for others.
constexpr int slot_interval_ms = 250;
/// After a look in vain: what waits wakes for every line of output.
constexpr std::chrono::milliseconds driver_pause{200};
/// Ancestors of a process that are looked at.
constexpr int most_ancestors = 64;

// Whether a process is part of a run: one of its ancestors is a supervisor.
bool is_of_a_run(std::int64_t pid) {
    for (int i = 0; i < most_ancestors && pid > 1; ++i) {
        const auto process = read_process(pid);
        if (!process) {
            return false;
        }
        const auto words =
            read_small_file("/proc/" + std::to_string(pid) + "/cmdline").value_or("");
        if (words.starts_with(std::string_view("outrider-agent\0guild\0run\0", 25))) {
            return true;
        }
        pid = process->parent;
    }
    return false;
}

std::vector<gpu_facts> usable_gpus(std::vector<gpu_facts> all,
                                   const std::vector<std::int64_t>& wanted) {
    if (wanted.empty()) {
        return all;
    }
    std::vector<gpu_facts> out;
    for (const auto index : wanted) {
        const auto found = std::ranges::find(all, index, &gpu_facts::index);
        if (found != all.end()) {
            out.push_back(*found);
        }
    }
    return out;
}

std::string plain_slot_name(std::int64_t number) {
    return "slot-" + std::to_string(number);
}

std::string part_name(const gpu_facts& gpu, std::int64_t part) {
    return gpu.uuid + "." + std::to_string(part);
}

void append_word(std::string& list, const std::string& word, char separator) {
    if (!list.empty()) {
        list += separator;
    }
    list += word;
}

} // namespace

bool inherits_slots(const environment_map& environment) {
    return environment.contains(slots_variable);
}

free_slots::free_slots(const agent_context& context, protocol::slot_rules rules,
                       environment_map environment)
    : context_(context), rules_(std::move(rules)), environment_(std::move(environment)),
      directory_(slots_directory(context.machine.cache_directory).native()) {
    std::ignore = make_directories(directory_); // who takes a slot says what is wrong with it
}

bool free_slots::are_needed() const {
    return (rules_.count > 0 || rules_.gpus_per_trial > 0) && !inherits_slots(environment_);
}

int free_slots::look_interval() const {
    using namespace std::chrono;
    const auto held_back = ceil<milliseconds>(next_look_ - steady_clock::now());
    if (held_back.count() > 0) {
        return static_cast<int>(held_back.count());
    }
    return rules_.gpus_per_trial > 0 ? foreign_interval_ms : slot_interval_ms;
}

result<> free_slots::check() const {
    if (!are_needed() || rules_.gpus_per_trial == 0) {
        return {};
    }
    auto all = gpus();
    if (!all) {
        return failure(all.error().kind(), "trials cannot be given GPUs: " + all.error().context);
    }
    for (const auto index : rules_.gpus) {
        if (std::ranges::find(*all, index, &gpu_facts::index) == all->end()) {
            return failure(errc::not_found, "there is no GPU " + std::to_string(index) + " here");
        }
    }
    const auto count = static_cast<std::int64_t>(usable_gpus(std::move(*all), rules_.gpus).size());
    if (count < rules_.gpus_per_trial) {
        return failure(errc::bad_input, "a trial needs " + std::to_string(rules_.gpus_per_trial) +
                                            " GPUs, and " + std::to_string(count) +
                                            " may be used here");
    }
    return {};
}

result<std::vector<gpu_facts>> free_slots::gpus() const {
    return known_gpus_ ? *known_gpus_ : ask_gpus(environment_);
}

// Nobody holds it, and what a supervisor that was killed has left does not run any more.
bool free_slots::is_free(const protocol::held_slot& slot) const {
    std::string signed_by;
    if (!is_slot_free(context_.machine.cache_directory, slot, signed_by)) {
        return false;
    }
    const run_paths run{signed_by};
    return slot.shared || signed_by.empty() || !is_run(run) ||
           has_ended(read_run(run, *context_.launcher, {}));
}

// What a run takes to have a GPU, or its part of one; empty where it cannot have it. A GPU that
// several share is held shared by each of them, and one part of it alone.
std::vector<protocol::held_slot> free_slots::slots_on(const gpu_facts& gpu) const {
    const bool parted = rules_.trials_per_gpu > 1;
    const bool foreign = std::ranges::any_of(
        gpu.pids, [&](std::int64_t pid) { return !parted || !is_of_a_run(pid); });
    protocol::held_slot whole{
        .name = gpu.uuid, .shared = parted, .gpu = gpu.index, .gpu_uuid = gpu.uuid};
    if (foreign || !is_safe_name(whole.name) || !is_free(whole)) {
        return {};
    }
    if (!parted) {
        return {std::move(whole)};
    }
    for (std::int64_t i = 0; i < rules_.trials_per_gpu; ++i) {
        protocol::held_slot part{.name = part_name(gpu, i)};
        if (is_free(part)) {
            return {std::move(whole), std::move(part)};
        }
    }
    return {};
}

bool free_slots::add_gpus(slot_grant& out) const {
    auto all = gpus();
    if (!all) {
        return false;
    }
    std::string visible;
    std::int64_t found = 0;
    for (const auto& gpu : usable_gpus(std::move(*all), rules_.gpus)) {
        if (found == rules_.gpus_per_trial) {
            break;
        }
        auto taken = slots_on(gpu);
        if (taken.empty()) {
            continue;
        }
        append_word(visible, std::to_string(gpu.index), ',');
        std::ranges::move(taken, std::back_inserter(out.slots));
        ++found;
    }
    out.environment["CUDA_VISIBLE_DEVICES"] = visible;
    out.environment["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
    return found == rules_.gpus_per_trial;
}

std::int64_t free_slots::free_plain_slots() const {
    std::int64_t free = 0;
    for (std::int64_t i = 1; i <= rules_.count; ++i) {
        free += is_free({.name = plain_slot_name(i)}) ? 1 : 0;
    }
    return free;
}

// How many runs could have it, or a part of it, now.
std::int64_t free_slots::free_parts(const gpu_facts& gpu) const {
    if (slots_on(gpu).empty()) {
        return 0;
    }
    std::int64_t free = 0;
    for (std::int64_t i = 0; i < rules_.trials_per_gpu; ++i) {
        free += rules_.trials_per_gpu == 1 || is_free({.name = part_name(gpu, i)}) ? 1 : 0;
    }
    return free;
}

slot_count free_slots::count() const {
    slot_count out{.total = rules_.count, .free = free_plain_slots()};
    if (rules_.gpus_per_trial <= 0) {
        return out;
    }
    slot_count by_gpu;
    if (auto all = gpus()) {
        for (const auto& gpu : usable_gpus(std::move(*all), rules_.gpus)) {
            by_gpu.total += rules_.trials_per_gpu;
            by_gpu.free += free_parts(gpu);
        }
    }
    by_gpu.total /= rules_.gpus_per_trial;
    by_gpu.free /= rules_.gpus_per_trial;
    return rules_.count > 0
               ? slot_count{std::min(out.total, by_gpu.total), std::min(out.free, by_gpu.free)}
               : by_gpu;
}

std::optional<slot_grant> free_slots::find() {
    slot_grant out;
    if (std::chrono::steady_clock::now() < next_look_) {
        return std::nullopt;
    }
    for (std::int64_t i = 1; i <= rules_.count && out.slots.empty(); ++i) {
        protocol::held_slot slot{.name = plain_slot_name(i)};
        if (is_free(slot)) {
            out.slots.push_back(std::move(slot));
        }
    }
    if (rules_.count > 0 && out.slots.empty()) {
        return std::nullopt;
    }
    if (rules_.gpus_per_trial > 0 && !add_gpus(out)) {
        next_look_ = std::chrono::steady_clock::now() + driver_pause;
        return std::nullopt;
    }
    std::string names;
    for (const auto& slot : out.slots) {
        append_word(names, slot.name, ' ');
    }
    out.environment[slots_variable] = names;
    return out;
}

} // namespace outrider::agent
