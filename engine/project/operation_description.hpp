#pragma once

#include "engine/api/run_events.hpp"
#include "engine/project/guild_file.hpp"

namespace outrider {

/// What people are told of an operation: its flags by name, and the names of what it requires.
/// Pure.
[[nodiscard]] operation_described describe(const operation_def& op);

/// What people are told of a model, without its operations. Pure.
[[nodiscard]] model_described describe(const model_def& model);

/// Whether an operation or a model is left out of lists: its name begins with '_'.
[[nodiscard]] bool is_hidden(const std::string& name);

/// Whether each of these words is a part of one of the texts, in any case, as lists are narrowed
/// down.
[[nodiscard]] bool matches_words(const std::vector<std::string>& texts,
                                 const std::vector<std::string>& words);

} // namespace outrider
