#pragma once

#include "engine/api/run_events.hpp"
#include "engine/project/guild_file.hpp"

namespace outrider {

/// What people are told of an operation: its flags by name, and the names of what it requires.
/// Pure.
[[nodiscard]] operation_described describe(const operation_def& op);

/// Whether an operation is left out of lists: its name begins with '_'.
[[nodiscard]] bool is_hidden(const operation_def& op);

/// Whether a name has each of these words as a part, as lists are narrowed down.
[[nodiscard]] bool matches_words(const std::string& name, const std::vector<std::string>& words);

} // namespace outrider
