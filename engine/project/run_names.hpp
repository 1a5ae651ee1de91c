#pragma once

#include "engine/project/chosen_operation.hpp"
#include "engine/project/run_plan.hpp"
#include "engine/runs/opref.hpp"

namespace outrider {

/// Sets the names of the package that Guild would build of a project.
void name_package(const guild_file& file, run_plan& plan);

/// What a run says about its operation; `remote`: it ran from a package.
[[nodiscard]] opref opref_of(const chosen_operation& chosen, const run_plan& plan, bool remote);

} // namespace outrider
