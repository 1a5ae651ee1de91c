#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/machines/machine_survey.hpp"

#include <vector>

/// What `check` and `doctor` say of a cluster whose login node answers. Pure.
namespace outrider {

/// Adds nothing where runs are no jobs.
void add_slurm_facts(const machine_survey& survey, std::vector<machine_fact>& out);

/// Whether jobs can be submitted there, and whether their runs can be told of.
[[nodiscard]] std::vector<finding> slurm_findings(const machine_survey& survey);

} // namespace outrider
