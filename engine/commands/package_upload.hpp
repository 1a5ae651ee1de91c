#pragma once

#include "engine/commands/session.hpp"
#include "engine/project/run_plan.hpp"

namespace outrider {

/// Makes sure that the source files of a plan are on a machine, as the package named by their
/// content: the same source is sent to a machine once, whatever number of runs it starts.
[[nodiscard]] awaitable<result<>> ensure_package(command_session& session, const target& at,
                                                 const run_plan& plan);

} // namespace outrider
