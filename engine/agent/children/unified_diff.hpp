#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// The lines of a unified diff with three lines of context, as Python's `difflib` writes them: the
/// two of the head and the `@@` lines end with a line feed of their own. Empty if the texts are
/// equal. Texts of more than a few thousand lines that differ are compared as one block.
[[nodiscard]] std::vector<std::string> unified_diff(std::string_view from, std::string_view to,
                                                    const std::string& from_name,
                                                    const std::string& to_name);

} // namespace outrider::agent
