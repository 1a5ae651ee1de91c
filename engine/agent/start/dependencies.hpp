#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/core/result.hpp"
#include "engine/protocol/dependency.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>
#include <vector>

namespace outrider::agent {

/// What resolving the dependencies of a run came to.
struct resolved_dependencies {
    std::string attribute;          ///< YAML text of attrs/deps
    std::string manifest;           ///< lines to append
    std::vector<std::string> lines; ///< what was done, for people
};

/// Links what an operation requires from other runs of the home into a prepared run, and says what
/// all its dependencies came to. A source that is a run is the one that `config` names, else the
/// newest run of that operation which is running, completed or terminated. Fails with
/// `start_failed` in Guild's words at the first that cannot be resolved. A file that is there
/// already is left as it is.
[[nodiscard]] result<resolved_dependencies>
resolve_dependencies(const agent_context& context, const fs::path& home, const run_paths& run,
                     const std::vector<protocol::dependency>& wanted);

} // namespace outrider::agent
