#pragma once

#include <string>
#include <string_view>

namespace outrider::agent {

/// What decides whether a copy of a run may still be replaced as it was planned: an opaque text
/// that changes when the status of the copy does (it appears, it is marked as running elsewhere, it
/// gets its end). `run` is the open run directory; -1 where there is none.
[[nodiscard]] std::string copy_state(int run);
/// Whether two of these texts mean the same copy. A directory in which nothing tells of a run, such
/// as the lock of a transfer makes it, is no copy: as if it were not there.
[[nodiscard]] bool is_same_copy(std::string_view one, std::string_view other);

} // namespace outrider::agent
