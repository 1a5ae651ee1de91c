#pragma once

#include "engine/project/run_plan.hpp"

namespace outrider {

/// What `--print-cmd` and `--print-env` show of a plan, with the interpreter of this machine in the
/// place of the one that will run it.
[[nodiscard]] command_printed printed_command(const run_plan& plan, const command_context& context,
                                              bool words, bool environment);

} // namespace outrider
