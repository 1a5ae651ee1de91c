#pragma once

#include "engine/protocol/messages.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// What an operation's `output-scalars` asks for: nothing (the default pattern, which leaves out
/// names of flags), `off`, a pattern, a list of patterns, or a mapping of names to patterns; in
/// patterns `\key`, `\value` and `\step` stand for what they match. A pattern that cannot be used
/// is left out, and `notes` says so.
[[nodiscard]] protocol::output_scalar_rules
output_scalar_rules_of(const boost::json::value& config, const std::vector<std::string>& flags,
                       std::vector<std::string>& notes);

/// Adds what Keras prints to the rules that hold by default.
void add_keras_patterns(protocol::output_scalar_rules& rules);

/// Whether the source of a Python module imports Keras or TensorFlow and calls `fit` or `predict`:
/// as far as lines tell. Pure.
[[nodiscard]] bool trains_by_keras(std::string_view source);

/// The same for `output-attrs`, whose values are any text.
[[nodiscard]] protocol::output_scalar_rules
output_attribute_rules_of(const boost::json::value& config, const std::vector<std::string>& flags,
                          std::vector<std::string>& notes);

/// The patterns that hold by default, for people: a run does the same without them, and faster.
[[nodiscard]] std::vector<std::string> default_scalar_patterns();
[[nodiscard]] std::vector<std::string> default_attribute_patterns();

} // namespace outrider
