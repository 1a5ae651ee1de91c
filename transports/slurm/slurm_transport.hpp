#pragma once

#include "engine/remotes/transport.hpp"

#include <memory>

namespace outrider {

/// The wire to `type: slurm` remotes: to the login node that they name, over `ssh`, or to this
/// machine, over `local`. Both outlive it: what their connections share is theirs.
[[nodiscard]] std::unique_ptr<transport> make_slurm_transport(transport& ssh, transport& local);

} // namespace outrider
