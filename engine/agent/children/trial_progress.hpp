#pragma once

#include "engine/agent/children/child_end.hpp"
#include "engine/agent/children/child_start.hpp"

#include <string>

namespace outrider::agent {

/// How far a batch is, counted as its trials begin and end, and told in a file of its run for
/// whoever watches it. Owned by its `children_run`.
class trial_progress {
  public:
    /// All outlive it.
    trial_progress(const agent_context& context, const parent_run& parent,
                   const protocol::children_head& head);

    void begins() { ++told_.running; }
    void has_not_begun() { --told_.running; }
    /// One that was counted as running; `early`: it was stopped, which is no failure.
    void ends(const protocol::planned_child& child, const child_end& end, bool early);
    /// One that an earlier life of the batch has ended.
    void ended_before(const protocol::planned_child& child, bool failed);
    /// Writes the file, before the output says what has changed. It is only for people: where it
    /// cannot be written nothing is lost.
    void tell() const;

  private:
    void look_for_best(const protocol::planned_child& child);

    const agent_context& context_;
    const parent_run& parent_;
    const protocol::children_head& head_;
    protocol::children_progress told_;
};

} // namespace outrider::agent
