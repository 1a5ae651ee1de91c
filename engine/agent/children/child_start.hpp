#pragma once

#include "engine/protocol/children_plan.hpp"
#include "engine/runs/run_paths.hpp"

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

} // namespace outrider::agent
