#pragma once

#include "engine/project/guild_file.hpp"

namespace outrider {

/// Reads `sourcecode` of a model or an operation on top of what `into` holds: nothing, a pattern,
/// patterns, rules, or a mapping with `root`, `dest` and `select`. Fails with `bad_project` for
/// what is none of these.
[[nodiscard]] result<> read_sourcecode(const boost::json::value& data, sourcecode_def& into);

} // namespace outrider
