#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/slots/free_slots.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/runs/run_paths.hpp"

#include <optional>
#include <string>

namespace outrider::agent {

/// The run whose work is its children, as they need it.
struct parent_run {
    run_paths run;
    std::string home; ///< absolute
    [[nodiscard]] std::string id() const { return run.directory.filename().native(); }
    [[nodiscard]] run_paths child(const std::string& id) const {
        return {run.directory.parent_path() / id};
    }
};

/// What makes the run of a child: pending, or staged where the plan says so.
[[nodiscard]] protocol::start_run start_of(const protocol::children_head& head,
                                           const protocol::planned_child& child,
                                           const parent_run& parent);

/// The link to a child, which is all that relates it to its parent. One that is there stays.
[[nodiscard]] result<> link_to_child(const protocol::planned_child& child,
                                     const parent_run& parent);

/// Makes the link and then the run of a child, if there is none.
[[nodiscard]] result<> make_child(const agent_context& context, const protocol::children_head& head,
                                  const protocol::planned_child& child, const parent_run& parent);

/// On what a child is started.
struct start_terms {
    std::string token;        ///< names the starts of one life of the parent
    std::string token_before; ///< as of `child_terms`
    bool waited = true;       ///< as of `child_terms`; one that is only made then does
    slot_grant grant;
};

/// Starts a run that was made. A start of it by an earlier life of the parent is waited for, and
/// then is this one. Nothing: somebody else took a slot that it was to have.
[[nodiscard]] result<std::optional<protocol::start_reply>>
start_child(const agent_context& context, const protocol::planned_child& child,
            const parent_run& parent, const start_terms& terms);

/// The token of the last start of a run that was not its making.
[[nodiscard]] std::string recorded_token(const run_paths& run);

/// A child cannot be started: its run, if there is one, shows an error.
void mark_not_started(const protocol::planned_child& child, const parent_run& parent,
                      const std::string& why);

} // namespace outrider::agent
