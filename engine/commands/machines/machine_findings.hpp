#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/machines/machine_survey.hpp"

#include <vector>

namespace outrider {

/// What `doctor` says of a machine that answers: for each thing that it looked at whether it is
/// good, and if not, what goes wrong and what to do. Pure.
[[nodiscard]] std::vector<finding> findings_of(const machine_survey& survey);

/// What `doctor` says of a machine that no agent answers from: the phase that failed, why, and what
/// to do; `by_hand` is the command with which a person gets there. Pure.
[[nodiscard]] finding finding_of(const failure& why, const std::string& by_hand);

} // namespace outrider
