#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>

namespace outrider::agent {

/// Copies the source code of the run that a request names as its source (`source_run`, or the proto
/// of it), by its manifest, into another run; gives the lines of the manifest that are about it.
/// Names that lead outside of the run are refused.
[[nodiscard]] result<std::string> copy_run_sources(const agent_context& context,
                                                   const protocol::start_run& request,
                                                   const run_paths& to);

} // namespace outrider::agent
