#pragma once

#include "engine/api/service_events.hpp"
#include "engine/commands.hpp"
#include "engine/reactor/awaitable.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/task_group.hpp"

#include <memory>
#include <string>
#include <vector>

namespace outrider {

class engine;
class engine_resources;
class machine_watches;
class run_memory;
struct machine_memory;
class webhook_sender;

/// What standing jobs need of their service.
struct job_surroundings {
    engine& heart;
    engine_resources& with;
    run_memory& memory;
    machine_watches& watches;
    webhook_sender* webhooks = nullptr; ///< null: there is none
};

/// The jobs that a service does by itself, also after it was started anew: each is a file in
/// `directory`. Owned by the `service`.
class standing_jobs {
  public:
    explicit standing_jobs(std::string directory);
    standing_jobs(const standing_jobs&) = delete;
    standing_jobs& operator=(const standing_jobs&) = delete;
    ~standing_jobs();

    /// Reads the files, and does what they say until cancelled.
    [[nodiscard]] awaitable<result<>> run(job_surroundings with);

    /// Records a job and begins it. `runs` are the ids that RUN arguments named.
    [[nodiscard]] awaitable<result<job_row>>
    add_notify(command_context context, notify_command what, std::vector<std::string> runs);
    [[nodiscard]] awaitable<result<job_row>> add_sync(command_context context, sync_command what);
    /// Ends and forgets jobs; `not_found` or `ambiguous` if one cannot be told, and then none is
    /// removed.
    [[nodiscard]] awaitable<result<std::vector<std::string>>> remove(std::vector<std::string> ids);
    [[nodiscard]] std::vector<job_row> list() const;

    /// The memory of a machine changed.
    void runs_changed(const machine_memory& machine);
    /// Notifications that were delivered, and attempts that failed, since the service began.
    [[nodiscard]] std::int64_t delivered() const;
    [[nodiscard]] std::int64_t failed_attempts() const;

  private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace outrider
