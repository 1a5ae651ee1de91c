#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/supervise/supervisor_launch.hpp"

#include <optional>
#include <string>

namespace outrider::agent {

/// How a start went.
struct start_outcome {
    std::string warning; ///< for the person, though the run started; may be empty
};

/// A supervisor that was launched, until it has told how its start went. Owned by the job that
/// launched it; the supervisor does not depend on it.
class supervisor_start {
  public:
    /// Launches the supervisor of a prepared run; from here on the run is the supervisor's.
    [[nodiscard]] static result<supervisor_start>
    launch(const agent_context& context, const run_paths& run, const supervisor_words& words,
           const environment_map& environment, const descriptor& lock);

    /// The outcome once the supervisor has told it; nothing before. A failure is the one that the
    /// supervisor reports: it has cleared up by then, unless `is_abandoned`.
    [[nodiscard]] result<std::optional<start_outcome>> poll();
    [[nodiscard]] job_wait wait() const { return job_wait{.readable_fd = report_.get()}; }
    /// After a failure: the supervisor ended without a word before `LOCK` was written, so that
    /// whoever launched it has to clear up.
    [[nodiscard]] bool is_abandoned() const { return abandoned_; }

  private:
    supervisor_start(const agent_context& context, const run_paths& run, descriptor report)
        : context_(&context), run_(run), report_(std::move(report)) {}
    result<std::optional<start_outcome>> without_report();

    const agent_context* context_;
    run_paths run_;
    descriptor report_;
    std::string text_;
    bool abandoned_ = false;
};

} // namespace outrider::agent
