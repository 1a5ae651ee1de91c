#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/children_plan.hpp"

#include <optional>

namespace outrider::agent {

/// Where the trials of a search come from. Owned by the `children_run`, which asks for the next one
/// when it may start one.
class trial_source {
  public:
    trial_source() = default;
    trial_source(const trial_source&) = delete;
    trial_source& operator=(const trial_source&) = delete;
    virtual ~trial_source() = default;

    /// A trial of an earlier life of the search, which the plan has.
    virtual void add(const protocol::planned_child& child) = 0;
    /// The next trial, which the plan has from now on; nothing once there are enough.
    [[nodiscard]] virtual result<std::optional<protocol::planned_child>> next() = 0;
};

} // namespace outrider::agent
