#pragma once

#include "engine/commands/session/session.hpp"

namespace outrider {

/// Puts what a command says of its job over what the remote says. `bad_input` where runs are no
/// jobs there, or what it says makes none.
[[nodiscard]] result<> choose_job(target& at, const run_command& what);

} // namespace outrider
