#pragma once

namespace outrider::agent {

/// Whether the `LOCK` of an open run directory names a process that is alive here: not a zombie,
/// and not started after `LOCK` was written (a reused pid). A copy of a far run never has a `LOCK`.
[[nodiscard]] bool is_locked_by_live_process(int run);

} // namespace outrider::agent
