#include "engine/agent/files/read_run.hpp"

#include "engine/json/described_json.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace outrider::agent {
namespace {

using protocol::process_state;
using protocol::run_facts;

/// Bytes of all attributes of one run that are reported together.
constexpr std::size_t max_attributes = std::size_t{400} << 10;

bool has_file(const fs::path& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void take_evidence(run_evidence evidence, run_facts& facts) {
    facts.lock = std::move(evidence.lock);
    facts.operation_pid = evidence.operation_pid;
    facts.starter = evidence.starter;
    facts.supervisor = evidence.supervisor;
    facts.operation = evidence.operation;
    facts.owner_host = std::move(evidence.owner_host);
    facts.reason = std::move(evidence.reason);
    facts.job = std::move(evidence.job);
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

void add_proto(int runs, const std::string& run, std::string& opref) {
    const auto proto = read_small_file(runs, run + "/.guild/proto/.guild/opref", max_record);
    if (proto && !opref.empty()) {
        opref += (opref.ends_with('\n') ? "" : "\n") + *proto;
    }
}

run_facts read_run(const run_paths& run, run_launcher& launcher,
                   const std::vector<std::string>& attributes) {
    run_facts facts{.id = run.directory.filename().native(), .directory = run.directory.native()};
    if (auto opref = read_small_file(run.opref())) {
        facts.opref = std::move(*opref);
        add_proto(AT_FDCWD, run.directory.native(), facts.opref);
    }
    read_attribute(run, "exit_status", facts);
    if (facts.attributes.empty() || has_file(run.lock()) || has_file(run.pending())) {
        // Evidence first: markers and exit status that are read after it are at least as new.
        take_evidence(launcher.alive(run), facts);
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

} // namespace outrider::agent
