#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>

namespace outrider::agent {

/// What has become of a child, for whoever goes on from it.
struct child_end {
    bool failed = false;
    bool terminated = false; ///< by a signal, which was meant for it alone
    int code = 0;            ///< what the parent exits with, if it ends for this one
    std::string message;     ///< where there was no exit status
};

/// The end of a child that has ended, as its run tells it. One that is gone has succeeded: only
/// such ones are removed.
[[nodiscard]] child_end end_of(const agent_context& context, const run_paths& run);

/// The last line of a run's output that is not empty, cut to what a message can hold.
[[nodiscard]] std::string last_output_line(const run_paths& run);

} // namespace outrider::agent
