#pragma once

#include "engine/agent/children/trial_history.hpp"
#include "engine/agent/children/trial_source.hpp"

namespace outrider::agent {

/// The trials of our own sampler: each is suggested from what has become of those before it, when
/// it is asked for. The same seed and the same results give the same trials, also where the search
/// was interrupted. Says how each came about, in Guild's words.
class suggested_trials final : public trial_source {
  public:
    /// All outlive it; the plan is that of a search.
    suggested_trials(const agent_context& context, const parent_run& parent,
                     const protocol::children_head& head);

    void add(const protocol::planned_child& child) override { history_.add(child); }
    [[nodiscard]] result<std::optional<protocol::planned_child>> next() override;

  private:
    const parent_run& parent_;
    const protocol::children_head& head_;
    trial_history history_;
};

} // namespace outrider::agent
