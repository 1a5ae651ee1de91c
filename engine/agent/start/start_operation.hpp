#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/start/prepare_run.hpp"

#include <memory>

namespace outrider::agent {

/// What differs between the start of a new run and that of one which is there. Owned by the job of
/// the start; all but `find` are called while the run's lock is held.
class start_origin {
  public:
    enum class verdict {
        go_on,          ///< the run is this job's to start
        started_before, ///< an earlier request has started it: answer with it
        look_again,     ///< something was cleared away: lock and look once more
    };

    start_origin() = default;
    start_origin(const start_origin&) = delete;
    start_origin& operator=(const start_origin&) = delete;
    virtual ~start_origin() = default;

    /// Checks the request and names the run.
    [[nodiscard]] virtual result<run_paths> find(const agent_context& context) = 0;
    /// Looks at the run that is there or not.
    [[nodiscard]] virtual result<verdict> take(const agent_context& context,
                                               const run_paths& run) = 0;
    /// What to start, complete after `take`.
    [[nodiscard]] virtual const protocol::start_run& request() const = 0;
    /// Writes what has to be on disk before the supervisor is launched.
    [[nodiscard]] virtual result<> prepare(const agent_context& context, const run_paths& run,
                                           resolved_start& start) = 0;
    /// JSON of the dependencies that the run has, if that is known from elsewhere.
    [[nodiscard]] virtual std::string resolved_before() const { return {}; }
    /// Undoes what was begun: the start has failed.
    virtual void discard(const run_paths& run) = 0;
    /// The same where a dependency could not be resolved: a new run stays, and shows an error.
    virtual void keep_failed(const run_paths& run, const failure& why) = 0;
};

/// Takes the lock of a run, activates its environment, copies its source code and starts a
/// supervisor for it; with `request().stage` it ends before that. Until the supervisor is launched,
/// the end of the job for whatever reason discards; after that, the supervisor does what is needed.
[[nodiscard]] std::unique_ptr<job> make_start_job(const agent_context& context,
                                                  std::unique_ptr<start_origin> origin,
                                                  reply_channel channel);

} // namespace outrider::agent
