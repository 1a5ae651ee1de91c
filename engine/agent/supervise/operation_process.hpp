#pragma once

#include "engine/agent/supervise/operation_words.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"
#include "engine/runs/process_identity.hpp"

#include <string>
#include <vector>

namespace outrider::agent {

/// An operation that is forked but waits at a barrier until its records are on disk, then executes.
/// Owned by its supervisor; if it is dropped before `release`, the child ends by itself.
class operation_process {
  public:
    /// Forks the child: a session and process group of its own, default signal handling, no input,
    /// output through pipes (one if SYNC_RUN_OUTPUT=1), the environment of this process with the
    /// variables of the command.
    [[nodiscard]] static result<operation_process> fork(const operation_words& command,
                                                        const std::string& directory);
    /// Lets it execute; `start_failed` if the command cannot be, the child is gone then.
    [[nodiscard]] result<> release();

    [[nodiscard]] process_mark mark() const { return mark_; }
    descriptor standard_output;
    descriptor standard_error; ///< none if both go through `standard_output`

  private:
    process_mark mark_;
    std::string program_;
    descriptor barrier_;
    descriptor exec_result_; // CLOEXEC there: its end means success, an errno failure
};

} // namespace outrider::agent
