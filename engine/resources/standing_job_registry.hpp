#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/service_events.hpp"
#include "engine/core/result.hpp"
#include "engine/fleet/run_ends.hpp"
#include "engine/reactor/awaitable.hpp"

#include <string>
#include <vector>

namespace outrider {

/// What a command hands over to be done from now on, also after the service was started anew.
struct standing_job {
    job_kind kind = job_kind::notify;
    command_context context; ///< of the command
    notify_command notify;
    sync_command sync;
    bool named = false;            ///< notify: RUN arguments chose the runs
    std::vector<std::string> runs; ///< notify: ids of those
    run_marks marks;               ///< notify: the runs as they are now
};

/// The standing jobs of a service, as commands see them. `engine_resources` owns it.
class standing_job_registry {
  public:
    standing_job_registry() = default;
    standing_job_registry(const standing_job_registry&) = delete;
    standing_job_registry& operator=(const standing_job_registry&) = delete;
    virtual ~standing_job_registry() = default;

    /// Records a job and begins it; `cancelled` where the service is about to end. If it ends
    /// meanwhile, a job that was recorded begins with the next service.
    [[nodiscard]] virtual awaitable<result<job_row>> add(standing_job job) = 0;
    /// Ends and forgets jobs: ids, their beginnings, or names. `not_found` or `ambiguous` if one
    /// does not name one job, and then none is removed.
    [[nodiscard]] virtual awaitable<result<std::vector<std::string>>>
    remove(std::vector<std::string> jobs) = 0;
    /// The oldest first.
    [[nodiscard]] virtual std::vector<job_row> list() const = 0;
    /// Whether a job with this webhook can be added.
    [[nodiscard]] virtual result<> check(const notify_command& what) const = 0;
};

} // namespace outrider
