#pragma once

#include "engine/core/result.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// Executes a program on the terminal that this process has, and waits for its end: its exit
/// status, negative for a signal. Blocks. `not_found` if there is no such program.
[[nodiscard]] result<int> run_in_foreground(const std::vector<std::string>& words,
                                            const std::string& directory);

} // namespace outrider
