#pragma once

#include <string>

namespace outrider::agent {

/// What decides whether a copy of a run may still be replaced as it was planned: an opaque text
/// that changes when the status of the copy does (it appears, it is marked as running elsewhere, it
/// gets its end). `run` is the open run directory; -1 where there is none.
[[nodiscard]] std::string copy_state(int run);

} // namespace outrider::agent
