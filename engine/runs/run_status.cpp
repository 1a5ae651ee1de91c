#include "engine/runs/run_status.hpp"

#include "engine/protocol/slurm_messages.hpp"

#include <charconv>

namespace outrider {
namespace {

using protocol::process_state;
using protocol::run_facts;

std::optional<std::int64_t> integer_attribute(const run_facts& facts, const char* name) {
    const auto found = facts.attributes.find(name);
    if (found == facts.attributes.end()) {
        return std::nullopt;
    }
    const std::string& text = found->second;
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    // The attribute is one YAML integer and a line feed; anything else counts as not set.
    if (error != std::errc() || text.find_first_not_of(" \t\r\n", at - text.data()) != text.npos) {
        return std::nullopt;
    }
    return value;
}

std::string told_reason(const run_facts& facts) {
    if (!facts.reason) {
        return {};
    }
    return facts.reason->detail.empty() ? facts.reason->kind : facts.reason->detail;
}

bool is_reason(const run_facts& facts, const char* kind) {
    return facts.reason && facts.reason->kind == kind;
}

// A job that waits, or of which Slurm tells nothing: whatever its processes seem to be, that is no
// end.
bool is_open_job(const run_facts& facts) {
    return is_reason(facts, protocol::slurm_queued_kind) ||
           is_reason(facts, protocol::slurm_unconfirmed_kind);
}

// A reason that is not one of an end.
bool waits_in_words(const run_facts& facts) {
    return is_reason(facts, suspended_kind) || is_open_job(facts);
}

// The name stands before a ':'; what follows would be a configuration, which ssh remotes do not
// use.
std::string remote_name(const std::string& lock_content) {
    std::string name = lock_content.substr(0, lock_content.find(':'));
    const auto last = name.find_last_not_of(" \t\r\n");
    name.resize(last == std::string::npos ? 0 : last + 1);
    return name;
}

run_status status_of_pending(const run_facts& facts) {
    if (!is_open_job(facts) && facts.starter == process_state::gone &&
        facts.operation != process_state::alive) {
        const bool told = facts.reason && facts.reason->kind != "failed_to_launch";
        return {.state = run_state::error,
                .reason = told ? told_reason(facts) : "the start of this run was interrupted"};
    }
    return {.state = run_state::pending, .reason = waits_in_words(facts) ? told_reason(facts) : ""};
}

run_status status_by_exit(std::int64_t exit_status, std::string reason) {
    const run_state state = exit_status == 0  ? run_state::completed
                            : exit_status < 0 ? run_state::terminated
                                              : run_state::error;
    return {.state = state, .exit_status = exit_status, .reason = std::move(reason)};
}

run_status status_without_exit(const run_facts& facts) {
    // A supervisor that lives has still to write the exit status: the run has not ended before
    // that.
    if (facts.operation == process_state::alive || facts.supervisor == process_state::alive) {
        // Of one that runs there is nothing to tell but that it does not get on.
        return {.state = run_state::running,
                .reason = waits_in_words(facts) ? told_reason(facts) : ""};
    }
    if (is_open_job(facts)) {
        return {.state = run_state::running, .reason = told_reason(facts)};
    }
    if (facts.lock && (facts.operation == process_state::elsewhere ||
                       facts.supervisor == process_state::elsewhere)) {
        return {.state = run_state::running, .reason = "owned by " + facts.owner_host};
    }
    if (facts.terminated_remote) {
        return {.state = run_state::terminated, .reason = told_reason(facts)};
    }
    std::string reason = told_reason(facts);
    if (reason.empty() && facts.lock) {
        reason = "its supervisor ended without writing an exit status";
    }
    return {.state = run_state::error, .reason = std::move(reason)};
}

} // namespace

run_status status_of(const run_facts& facts) {
    if (facts.remote_lock) {
        return {.state = run_state::running, .remote = remote_name(*facts.remote_lock)};
    }
    if (facts.pending) {
        return status_of_pending(facts);
    }
    if (facts.staged) {
        return {.state = run_state::staged};
    }
    if (const auto exit_status = integer_attribute(facts, "exit_status")) {
        return status_by_exit(*exit_status, told_reason(facts));
    }
    return status_without_exit(facts);
}

} // namespace outrider
