#pragma once

#include <string_view>
#include <vector>

namespace outrider::agent {

/// The operation `queue`: starts the staged runs of a home, oldest first, one after the other, and
/// shows their output as its own. Each run has a supervisor of its own and goes on when the queue
/// is stopped. `words` are its options (`--home DIR`, and the flags of the operation). Returns the
/// exit code; SIGTERM ends it between two runs, or leaves the one it waits for.
int run_queue(const std::vector<std::string_view>& words);

} // namespace outrider::agent
