#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>

namespace outrider::agent {

/// Copies the source code of the run `source` of a home, by its manifest, into another run; gives
/// the lines of the manifest that are about it. Names that lead outside of the run are refused.
[[nodiscard]] result<std::string> copy_run_sources(const agent_context& context,
                                                   const std::string& home,
                                                   const std::string& source, const run_paths& to);

} // namespace outrider::agent
