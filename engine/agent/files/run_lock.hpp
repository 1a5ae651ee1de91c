#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/runs/run_paths.hpp"

#include <optional>

namespace outrider::agent {

/// Takes the exclusive lock of a run directory, which is made if it does not exist; nothing if
/// another process holds it now. Under it, clients that start the same run take turns. The lock is
/// held until every copy of the descriptor is closed, so a supervisor can inherit it.
[[nodiscard]] result<std::optional<descriptor>> try_lock_run(const run_paths& run);

} // namespace outrider::agent
