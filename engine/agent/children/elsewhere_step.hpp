#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/children_plan.hpp"

#include <optional>

namespace outrider::agent {

/// Runs a step that is on another remote: by the program of whoever made the plan, which alone
/// knows the remote. Shows its output on ours and waits for its end. The exit code of the step;
/// nothing if `signals` became readable first: then the step was stopped there.
[[nodiscard]] result<std::optional<int>> run_elsewhere(const protocol::elsewhere_step& step,
                                                       int signals);

} // namespace outrider::agent
