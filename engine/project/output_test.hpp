#pragma once

#include "engine/api/run_events.hpp"
#include "engine/project/guild_file.hpp"

namespace outrider {

/// Tries an operation's patterns for scalars (or for attributes) on each line of a text, and tells
/// what each pattern finds in it: `run --test-output-scalars`, `--test-output-attrs`.
[[nodiscard]] output_tested try_output_patterns(const operation_def& op, std::string_view text,
                                                bool attributes);

} // namespace outrider
