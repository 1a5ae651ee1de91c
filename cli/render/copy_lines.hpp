#pragma once

#include "cli/invocation.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// What `pull`, `push` and `sync` say of each run (FORMAT.md 4.8 and 5.4).
[[nodiscard]] std::string copy_lines(const run_copying& copied, const invocation& asked);
[[nodiscard]] std::string copy_lines(const run_resolving& looked_up);

} // namespace outrider::cli
