#include "engine/agent/launch/process_launcher.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

namespace outrider::agent {
namespace {

using protocol::machine_facts;
using protocol::process_state;

/// Clock adjustments move the computed start of a process; a pid is not reused that fast. µs.
constexpr std::int64_t start_tolerance = 2'000'000;

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
void judge_by_lock(const run_paths& run, const machine_facts& machine, run_evidence& evidence) {
    struct stat written{};
    const auto process = read_process(evidence.operation_pid);
    if (process && !process->is_gone() && ::stat(run.lock().c_str(), &written) == 0) {
        const std::int64_t written_us =
            written.st_mtim.tv_sec * std::int64_t{1'000'000} + written.st_mtim.tv_nsec / 1000;
        if (start_time_us(process->start) <= written_us + start_tolerance) {
            evidence.operation = process_state::alive;
            return;
        }
    }
    // A home that machines share: a pid of another machine says nothing here.
    const auto host = read_small_file(run.attribute("host"));
    if (host && first_label(*host) != first_label(machine.host_name)) {
        evidence.operation = process_state::elsewhere;
        evidence.owner_host = first_label(*host);
        return;
    }
    evidence.operation = process_state::gone;
}

void judge_processes(const run_paths& run, const machine_facts& machine, run_evidence& evidence) {
    evidence.lock = read_small_file(run.lock());
    evidence.operation_pid = pid_in(evidence.lock);
    const auto identity = read_identity(run.identity());
    // A LOCK with another pid than the recorded one is of a later run of this directory by Guild.
    const bool ours = identity && (evidence.operation_pid == 0 ||
                                   evidence.operation_pid == identity->operation.pid);
    if (!ours) {
        if (evidence.operation_pid != 0) {
            judge_by_lock(run, machine, evidence);
        }
        return;
    }
    const auto place = place_of(*identity, machine);
    evidence.operation = state_of(identity->operation, place);
    evidence.supervisor = state_of(identity->supervisor, place);
    if (place == identity_origin::elsewhere) {
        evidence.owner_host = identity->host_name;
    }
    if (place == identity_origin::rebooted) {
        evidence.reason = {{"rebooted", "the machine was rebooted while it ran"}};
    }
}

// The lock is held from before the run appears until its operation executes, also by a supervisor
// that outlives the agent which made it.
bool start_in_progress(const run_paths& run) {
    const descriptor lock(::open(run.start_lock().c_str(), O_RDONLY | O_CLOEXEC));
    return lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
}

void judge_starter(const run_paths& run, const machine_facts& machine, run_evidence& evidence) {
    const auto starter = read_identity(run.starting());
    if (!starter) {
        return;
    }
    const auto place = place_of(*starter, machine);
    evidence.starter = state_of(starter->supervisor, place);
    if (evidence.starter == process_state::gone && start_in_progress(run)) {
        evidence.starter = process_state::alive;
    }
    if (place == identity_origin::elsewhere) {
        evidence.owner_host = starter->host_name;
    }
}

// A process that was sent SIGSTOP lives, and does nothing until somebody lets it go on.
void judge_suspension(run_evidence& evidence) {
    if (evidence.operation != process_state::alive) {
        return;
    }
    const auto process = read_process(evidence.operation_pid);
    if (process && process->is_suspended()) {
        evidence.reason = {{suspended_kind, "suspended by a signal; 'kill -CONT " +
                                                std::to_string(process->pid) + "' lets it go on"}};
    }
}

} // namespace

run_evidence process_launcher::alive(const run_paths& run) {
    run_evidence out;
    judge_starter(run, machine_, out);
    judge_processes(run, machine_, out);
    judge_suspension(out);
    return out;
}

} // namespace outrider::agent
