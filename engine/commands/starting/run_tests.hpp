#pragma once

#include "engine/commands/session/perform.hpp"

namespace outrider {

/// Whether a `run` only tries something out: `--test-flags`, `--test-sourcecode`,
/// `--test-output-scalars`,
/// `--test-output-attrs`.
[[nodiscard]] bool only_tests(const run_command& what);

/// Tries it out on this machine, and tells what came of it. No run is made.
[[nodiscard]] awaitable<result<outcome>> test_operation(command_session& session, run_command what);

} // namespace outrider
