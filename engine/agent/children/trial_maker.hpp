#pragma once

#include "engine/agent/children/child_start.hpp"

namespace outrider::agent {

/// Makes a trial of flags, with an id of its own, and adds it to the plan of its batch: what was
/// begun is known to whoever goes on from there. Fails, with nothing added, if the flags do not fit
/// the command or the plan cannot be written.
[[nodiscard]] result<protocol::planned_child>
make_planned_trial(const protocol::children_head& head, const parent_run& parent,
                   const flag_map& flags);

} // namespace outrider::agent
