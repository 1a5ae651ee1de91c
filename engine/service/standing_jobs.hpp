#pragma once

#include "engine/commands/session/engine_resources.hpp"
#include "engine/service/job_store.hpp"
#include "engine/service/notify_job.hpp"

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

class engine;

/// The jobs that a service does by itself, also after it was started anew: each is a file. Owned by
/// the `service`.
class standing_jobs {
  public:
    standing_jobs(asio::any_io_executor executor, engine& heart, engine_resources& with,
                  std::string directory, messenger& sender);
    standing_jobs(const standing_jobs&) = delete;
    standing_jobs& operator=(const standing_jobs&) = delete;
    ~standing_jobs();

    /// Reads the files.
    awaitable<void> read();
    /// Goes on with what they say; commands may come from now on.
    void begin();
    /// Ends all, until the next start of a service.
    awaitable<void> close();
    /// The service is about to end: a command that ends now was interrupted.
    void stopping() { stopping_ = true; }

    /// Records a job and begins it; what identifies it is filled in here.
    [[nodiscard]] awaitable<result<job_row>> add(job_record job);
    /// Ends and forgets jobs: ids, their beginnings, or names. `not_found` or `ambiguous` if one
    /// does not name one job, and then none is removed.
    [[nodiscard]] awaitable<result<std::vector<std::string>>> remove(std::vector<std::string> jobs);
    /// The oldest first.
    [[nodiscard]] std::vector<job_row> list() const;
    /// Whether a job with this webhook can be added.
    [[nodiscard]] result<> check(const notify_command& what) const;

    /// The memory of a machine changed.
    void runs_changed(const machine_memory& machine);

  private:
    struct standing;
    void start(standing& one);
    awaitable<void> run(standing& one);
    awaitable<void> run_notify(standing& one);
    awaitable<void> run_sync(standing& one);
    awaitable<result<>> perform(standing& one);
    awaitable<void> end(standing& one);
    [[nodiscard]] result<link*> machine_of(const standing& one) const;
    [[nodiscard]] result<standing*> find(const std::string& text) const;

    asio::any_io_executor executor_;
    engine& heart_;
    engine_resources& with_;
    job_store store_;
    messenger& sender_;
    std::list<std::unique_ptr<standing>> jobs_;
    task_group tasks_;
    bool stopping_ = false;
};

} // namespace outrider
