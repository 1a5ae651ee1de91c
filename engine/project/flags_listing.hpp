#pragma once

#include "engine/api/run_events.hpp"
#include "engine/project/guild_file.hpp"

namespace outrider {

/// Every flag of an operation with all its attributes, as `run --test-flags` shows them: what was
/// declared and what was imported. Values are written as flags are. Pure.
[[nodiscard]] flags_tested flags_listing(const operation_def& op);

} // namespace outrider
