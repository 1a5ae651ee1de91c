#pragma once

#include "engine/config/remote_type.hpp"

namespace outrider {

/// `type: slurm`: the keys of ssh for its login node, or `local: yes` on it, and how runs become
/// jobs there.
[[nodiscard]] const remote_type& slurm_remote_type();

/// Whether this machine is the login node.
[[nodiscard]] bool is_login_node(const remote& to);

} // namespace outrider
