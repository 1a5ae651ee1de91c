#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/runs/process_identity.hpp"

namespace outrider::agent {

/// A descriptor that becomes readable when exactly this process ends; none if it is gone already,
/// or where the kernel has no such descriptors.
[[nodiscard]] descriptor watch_process(const process_mark& mark);

/// Signals exactly this process: its identity is checked after it was pinned, so that a reused pid
/// is never hit. False if it is gone.
bool signal_process(const process_mark& mark, int number);

} // namespace outrider::agent
