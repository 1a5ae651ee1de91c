#pragma once

#include "engine/project/guild_file.hpp"

namespace outrider {

/// The operation that every project has: starts staged runs of a home, one after the other.
[[nodiscard]] operation_def queue_operation();

} // namespace outrider
