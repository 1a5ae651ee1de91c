#pragma once

#include "engine/agent/start/children_plan.hpp"

#include <optional>
#include <string>

namespace outrider::agent {

/// What a run whose work is other runs has instead of source code, if its plan comes with the
/// request: the plan, and of a batch the proto of its trials. Owned by the job of a start, which
/// calls these in their order.
class start_of_children {
  public:
    /// Puts the plan into its run. `activated`: what the children will find as environment.
    [[nodiscard]] result<> take(const agent_context& context, const protocol::start_run& request,
                                const run_paths& run, const environment_map& activated);
    /// What the plan says of all; nothing: there is none.
    [[nodiscard]] const std::optional<protocol::children_head>& head() const { return head_; }
    /// The package of the trials' source code, which goes to the proto; empty: there is none.
    [[nodiscard]] std::string package() const;
    /// Writes the proto around its source code. `programs`: of the environment that has what the
    /// children require, or empty.
    [[nodiscard]] result<> prepare(const agent_context& context, const run_paths& run,
                                   const std::string& programs);

  private:
    std::optional<protocol::children_head> head_;
    environment_map environment_;
    std::string manifest_; // of source code that the proto has already
};

} // namespace outrider::agent
