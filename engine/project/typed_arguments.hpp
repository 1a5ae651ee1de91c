#pragma once

#include "engine/api/commands.hpp"
#include "engine/core/result.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Looks at the form of what was typed behind an operation: `NAME=VALUE` sets a flag, `@FILE` is a
/// file of trials, which are not there yet. Fails with `bad_input`, naming all words that are
/// neither, `not_found` for a file that there is not, or `unsupported`.
[[nodiscard]] result<> check_arguments(const std::vector<std::string>& typed,
                                       const command_context& context);

/// What the options of batches mean for a run that is none: warnings for people, or a failure.
[[nodiscard]] result<std::vector<std::string>> check_batch_options(const run_command& what);

} // namespace outrider
