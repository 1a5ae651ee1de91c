#include "engine/runs/read_run.hpp"

#include "engine/json/described_json.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace outrider {
namespace {

using protocol::machine_facts;
using protocol::process_state;
using protocol::run_facts;

/// Clock adjustments move the computed start of a process; a pid is not reused that fast. µs.
constexpr std::int64_t start_tolerance = 2'000'000;

/// Bytes of all attributes of one run that are reported together.
constexpr std::size_t max_attributes = std::size_t{400} << 10;

bool has_file(const fs::path& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

std::int64_t pid_in(const std::optional<std::string>& lock) {
    std::int64_t pid = 0;
    if (lock) {
        std::from_chars(lock->data(), lock->data() + lock->size(), pid);
    }
    return pid > 0 ? pid : 0;
}

std::string first_label(std::string_view host) {
    const auto begin = host.find_first_not_of(" '\"\n");
    if (begin == std::string_view::npos) {
        return {};
    }
    host.remove_prefix(begin);
    return std::string(host.substr(0, host.find_first_of(".'\" \n")));
}

// Guild records only a pid. It is the run's if that process began before LOCK was written.
void judge_by_lock(const run_paths& run, const machine_facts& machine, run_facts& facts) {
    struct stat written{};
    const auto process = read_process(facts.operation_pid);
    if (process && !process->is_gone() && ::stat(run.lock().c_str(), &written) == 0) {
        const std::int64_t written_us =
            written.st_mtim.tv_sec * std::int64_t{1'000'000} + written.st_mtim.tv_nsec / 1000;
        if (start_time_us(process->start) <= written_us + start_tolerance) {
            facts.operation = process_state::alive;
            return;
        }
    }
    // A home that machines share: a pid of another machine says nothing here.
    const auto host = read_small_file(run.attribute("host"));
    if (host && first_label(*host) != first_label(machine.host_name)) {
        facts.operation = process_state::elsewhere;
        facts.owner_host = first_label(*host);
        return;
    }
    facts.operation = process_state::gone;
}

void judge_processes(const run_paths& run, const machine_facts& machine, run_facts& facts) {
    facts.lock = read_small_file(run.lock());
    facts.operation_pid = pid_in(facts.lock);
    const auto identity = read_identity(run.identity());
    // A LOCK with another pid than the recorded one is of a later run of this directory by Guild.
    const bool ours =
        identity && (facts.operation_pid == 0 || facts.operation_pid == identity->operation.pid);
    if (!ours) {
        if (facts.operation_pid != 0) {
            judge_by_lock(run, machine, facts);
        }
        return;
    }
    const auto place = place_of(*identity, machine);
    facts.operation = state_of(identity->operation, place);
    facts.supervisor = state_of(identity->supervisor, place);
    if (place == identity_place::elsewhere) {
        facts.owner_host = identity->host_name;
    }
    if (place == identity_place::rebooted) {
        facts.reason = {{"rebooted", "the machine was rebooted while it ran"}};
    }
}

// The lock is held from before the run appears until its operation executes, also by a supervisor
// that outlives the agent which made it.
bool start_in_progress(const run_paths& run) {
    const int lock = ::open(run.start_lock().c_str(), O_RDONLY | O_CLOEXEC);
    if (lock < 0) {
        return false;
    }
    const bool held = ::flock(lock, LOCK_SH | LOCK_NB) != 0;
    ::close(lock);
    return held;
}

void judge_starter(const run_paths& run, const machine_facts& machine, run_facts& facts) {
    const auto starter = read_identity(run.starting());
    if (!starter) {
        return;
    }
    const auto place = place_of(*starter, machine);
    facts.starter = state_of(starter->supervisor, place);
    if (facts.starter == process_state::gone && start_in_progress(run)) {
        facts.starter = process_state::alive;
    }
    if (place == identity_place::elsewhere) {
        facts.owner_host = starter->host_name;
    }
}

void read_attribute(const run_paths& run, const std::string& name, run_facts& facts) {
    std::size_t room = max_attributes;
    for (const auto& [other, text] : facts.attributes) {
        room -= std::min(room, text.size());
    }
    if (!is_safe_name(name)) {
        return;
    }
    if (auto text = read_small_file(run.attribute(name), std::min(room, max_attribute))) {
        facts.attributes.insert_or_assign(name, std::move(*text));
    }
}

void read_markers(const run_paths& run, run_facts& facts) {
    facts.remote_lock = read_small_file(run.guild() / "LOCK.remote");
    facts.pending = has_file(run.pending());
    facts.staged = has_file(run.guild() / "STAGED");
    facts.terminated_remote = has_file(run.guild() / "TERMINATED.remote");
}

} // namespace

bool is_run(const run_paths& run) {
    return has_file(run.opref());
}

run_facts read_run(const run_paths& run, const machine_facts& machine,
                   const std::vector<std::string>& attributes) {
    run_facts facts{.id = run.directory.filename().native(), .directory = run.directory.native()};
    if (auto opref = read_small_file(run.opref())) {
        facts.opref = std::move(*opref);
    }
    read_attribute(run, "exit_status", facts);
    if (facts.attributes.empty() || has_file(run.lock()) || has_file(run.pending())) {
        // Evidence first: markers and exit status that are read after it are at least as new.
        judge_starter(run, machine, facts);
        judge_processes(run, machine, facts);
        read_attribute(run, "exit_status", facts);
        if (facts.attributes.contains("exit_status")) {
            facts.reason.reset(); // how it ended is on record
        }
    }
    read_markers(run, facts);
    read_attribute(run, "started", facts);
    read_attribute(run, "initialized", facts);
    for (const auto& name : attributes) {
        if (!facts.attributes.contains(name)) {
            read_attribute(run, name, facts);
        }
    }
    if (const auto text = read_small_file(run.reason())) {
        if (auto reason = protocol::decode<protocol::end_reason>(*text)) {
            facts.reason = std::move(*reason);
        }
    }
    return facts;
}

bool may_be_alive(const run_facts& facts) {
    const auto busy = [](process_state state) {
        return state == process_state::alive || state == process_state::elsewhere;
    };
    if (facts.pending && busy(facts.starter)) {
        return true;
    }
    return busy(facts.operation) || facts.supervisor == process_state::alive;
}

bool is_copy_of_running(const run_facts& facts) {
    return facts.remote_lock && !may_be_alive(facts);
}

bool has_ended(const run_facts& facts) {
    const auto state = status_of(facts).state;
    return state != run_state::running && state != run_state::pending &&
           facts.operation != process_state::alive && facts.supervisor != process_state::alive;
}

} // namespace outrider
