#pragma once

#include "engine/agent/machine/descendants.hpp"
#include "engine/runs/run_paths.hpp"

#include <functional>

namespace outrider::agent {

/// Ends what an operation that was stopped has left behind, also where nobody waits for the stop:
/// its client may have been interrupted, lost its link, or never meant to wait. Descendants may end
/// by themselves first, then they are asked to (SIGTERM), and killed where the time of the run was
/// up (`--stop-after`), for nobody is there to name them to. Returns when they are gone or their
/// time is up, at once where nothing was stopped. `reap` takes the ends of children; it is called
/// whenever `child_signals`, a signalfd of SIGCHLD, is readable.
///
/// The supervisor calls it last: as long as it lives it adopts whoever loses its parent, so that a
/// descendant is found even where neither its session nor its environment leads to the run, and
/// none of them stays as a zombie where process 1 reaps nobody.
void end_left_behind(const run_paths& run, const process_mark& operation, int child_signals,
                     const std::function<void()>& reap);

} // namespace outrider::agent
