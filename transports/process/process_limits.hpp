#pragma once

namespace outrider {

/// Settings of this process that wires need: a write to a closed wire is an error and not a signal
/// (unless the program chose a handler of its own), and as many descriptors as are allowed.
void prepare_process();

} // namespace outrider
