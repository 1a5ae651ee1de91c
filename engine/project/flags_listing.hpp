#pragma once

#include "engine/project/guild_file.hpp"

#include <string>

namespace outrider {

/// Every flag of an operation with all its attributes, as `run --test-flags` prints them: what was
/// declared and what was imported. Pure.
[[nodiscard]] std::string flags_listing(const operation_def& op);

} // namespace outrider
