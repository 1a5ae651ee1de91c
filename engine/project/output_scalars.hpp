#pragma once

#include "engine/protocol/messages.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace outrider {

/// What an operation's `output-scalars` asks for: nothing (the default pattern, which leaves out
/// names of flags), `off`, a pattern, a list of patterns, or a mapping of names to patterns; in
/// patterns `\key`, `\value` and `\step` stand for what they match. A pattern that cannot be used
/// is left out, and `notes` says so.
[[nodiscard]] protocol::output_scalar_rules
output_scalar_rules_of(const boost::json::value& config, const std::vector<std::string>& flags,
                       std::vector<std::string>& notes);

} // namespace outrider
