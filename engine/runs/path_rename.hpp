#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/dependency.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Applies the first rule of a resource that changes a file name. Patterns and replacements are
/// Python's (`\1`, `\g<1>`, `(?P<name>…)`), as Guild files have them; without a pattern the
/// replacement is the name. Fails with `bad_input` on a pattern that makes no sense and where the
/// result is no file name.
[[nodiscard]] result<std::string> renamed(std::string name,
                                          const std::vector<protocol::path_rename>& rules);

/// A Python pattern as the standard library reads it: without the names of groups.
[[nodiscard]] std::string without_group_names(std::string pattern);

} // namespace outrider
