#include "engine/agent/children/child_start.hpp"

#include "engine/agent/children/children_log.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/server/job_drive.hpp"
#include "engine/agent/start/child_terms.hpp"
#include "engine/agent/supervise/start_record.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::agent {
namespace {

/// Between two looks at a run that somebody else starts.
constexpr int start_interval_ms = 10;
/// Longest that a start by somebody else is waited for, looks.
constexpr int start_looks = 12'000;

} // namespace

protocol::start_run start_of(const protocol::children_head& head,
                             const protocol::planned_child& child, const parent_run& parent) {
    protocol::start_run out = protocol::start_of(head, child);
    out.home = parent.home;
    out.slurm.reset(); // a process beside its parent
    out.stage = head.stage;
    out.pending = !head.stage;
    if (head.proto) {
        out.package.clear();
        out.manifest.clear();
        out.source_run = parent.id();
        out.source_proto = true;
    }
    return out;
}

result<> link_to_child(const protocol::planned_child& child, const parent_run& parent) {
    const std::string& name = child.link.empty() ? child.id : child.link;
    const fs::path link = parent.run.directory / name;
    if (::symlink(("../" + child.id).c_str(), link.c_str()) == 0) {
        return {};
    }
    if (errno != EEXIST) {
        return errno_failure(errno, "cannot link " + link.string());
    }
    std::error_code error;
    if (!fs::is_symlink(link, error)) {
        return failure(errc::conflict,
                       "unexpected step run link " + link.string() + ": expected symlink");
    }
    return {};
}

result<> make_child(const agent_context& context, const protocol::children_head& head,
                    const protocol::planned_child& child, const parent_run& parent) {
    if (is_run(parent.child(child.id))) {
        return {};
    }
    if (auto linked = link_to_child(child, parent); !linked) {
        return linked;
    }
    auto made = start_here(context, start_of(head, child, parent), print_line);
    return made ? result<>() : result<>(made.error());
}

result<std::optional<protocol::start_reply>> start_child(const agent_context& context,
                                                         const protocol::planned_child& child,
                                                         const parent_run& parent,
                                                         const start_terms& terms) {
    using reply = std::optional<protocol::start_reply>;
    protocol::start_staged request = child.again.value_or(protocol::start_staged{});
    request.home = parent.home;
    request.run_id = child.id;
    if (request.token.empty()) {
        request.token = terms.token;
    }
    for (const auto& [name, value] : terms.grant.environment) {
        request.environment[name] = value;
    }
    child_terms asked{
        .token_before = terms.token_before, .waited = terms.waited, .slots = terms.grant.slots};
    const run_paths run = parent.child(child.id);
    for (int looks = 0;; ++looks) {
        auto started = start_here(context, request, asked, print_line);
        if (started && started->existed && request.token != terms.token &&
            has_ended(started->run) && status_of(started->run).state != run_state::completed) {
            request.token = terms.token; // an earlier life has started it, to no avail
            asked.token_before = recorded_token(run);
            asked.waited = false;
            continue;
        }
        if (started) {
            return reply(std::move(*started));
        }
        const errc kind = started.error().kind();
        if ((kind != errc::conflict && kind != errc::no_free_slot) || looks == start_looks) {
            return started.error();
        }
        const auto token = recorded_token(run);
        const auto facts = read_run(run, *context.launcher, {});
        const bool waits = facts.pending || facts.staged;
        if (status_of(facts).state == run_state::running || (!waits && has_ended(facts))) {
            // An earlier life of the parent was killed while its start of the child went on.
            return reply(protocol::start_reply{.run = facts, .existed = true});
        }
        if (waits && !may_be_alive(facts)) {
            if (!terms.grant.slots.empty()) {
                return reply();
            }
            asked.token_before = token; // that start was cut off
            asked.waited = true;
        }
        ::poll(nullptr, 0, start_interval_ms);
    }
}

std::string recorded_token(const run_paths& run) {
    const auto record = read_start_record(run);
    return record ? record->token : std::string();
}

void mark_not_started(const protocol::planned_child& child, const parent_run& parent,
                      const std::string& why) {
    const run_paths run = parent.child(child.id);
    if (is_run(run) &&
        (::access(run.pending().c_str(), F_OK) == 0 || ::access(run.staged().c_str(), F_OK) == 0)) {
        const protocol::end_reason reason{.kind = "failed_to_launch", .detail = why};
        std::ignore = replace_file(run.reason(), run.temporary("reason"),
                                   protocol::encode(reason) + "\n"); // the parent says it as well
        std::ignore = remove_file(run.staged());
        std::ignore = remove_file(run.pending());
    }
}

} // namespace outrider::agent
