#pragma once

#include "engine/api/commands.hpp"
#include "engine/core/result.hpp"
#include "engine/project/batch_file.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Looks at the form of what was typed behind an operation: `NAME=VALUE` sets a flag, `@FILE` is a
/// file of trials. Fails with `bad_input`, naming all words that are neither.
[[nodiscard]] result<> check_arguments(const std::vector<std::string>& typed);

/// The trials of all batch files that were typed, one file after the other.
[[nodiscard]] result<batch_file> read_batch_files(const std::vector<std::string>& typed,
                                                  const command_context& context);

/// What the options of batches mean for a run that is none: warnings for people, or a failure.
[[nodiscard]] result<std::vector<std::string>> check_batch_options(const run_command& what);

} // namespace outrider
