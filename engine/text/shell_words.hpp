#pragma once

#include "engine/core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// Quotes a word for a POSIX shell exactly as Python's `shlex.quote` does: safe words stay as they
/// are, the empty word is `''`.
[[nodiscard]] std::string shell_quote(std::string_view word);

/// Splits text into words as Python's `shlex.split` does: quotes and backslashes, no comments, no
/// expansion. Fails with `bad_input` on an open quote or a trailing backslash.
[[nodiscard]] result<std::vector<std::string>> shell_split(std::string_view text);

} // namespace outrider
