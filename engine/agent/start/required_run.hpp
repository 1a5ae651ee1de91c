#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/core/result.hpp"
#include "engine/protocol/dependency.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>

namespace outrider::agent {

/// The run of a home that an operation dependency means: the one whose id starts with its `config`,
/// else the newest of its operations that is running, completed or terminated, or `staged`, where
/// one that was marked wins over newer ones. `not_found`, in Guild's words, if there is none.
[[nodiscard]] result<std::string> required_run(const agent_context& context, const fs::path& home,
                                               const protocol::dependency& of, bool staged);

} // namespace outrider::agent
