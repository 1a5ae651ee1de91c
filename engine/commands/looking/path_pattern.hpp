#pragma once

#include "engine/protocol/messages.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// The paths of a run that `ls` shows, in natural order, directories with a trailing '/'
/// (FORMAT.md 4.4). An empty `pattern` chooses everything; one without '*' and '?' is a prefix of
/// path components; otherwise each of its components is matched against the leading components of
/// an entry, and what is below a match belongs to it. Hidden components need `all`, or a component
/// of the pattern that names them.
[[nodiscard]] std::vector<std::string>
choose_paths(const std::vector<protocol::file_entry>& entries, std::string_view pattern, bool all);

} // namespace outrider
