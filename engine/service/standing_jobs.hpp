#pragma once

#include "engine/api/command_queue.hpp"
#include "engine/fleet/known_machines.hpp"
#include "engine/resources/standing_job_registry.hpp"
#include "engine/service/job_store.hpp"
#include "engine/service/notify_job.hpp"

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// What the jobs of a service work with, all of which outlives them.
struct standing_job_parts {
    command_queue& commands;
    link_pool& links;
    known_machines& machines;
    std::shared_ptr<messenger> sender;
};

/// The jobs that a service does by itself, also after it was started anew: each is a file. Owned by
/// `engine_resources`; the `service` begins and closes it.
class standing_jobs final : public standing_job_registry {
  public:
    standing_jobs(asio::any_io_executor executor, std::string directory, standing_job_parts with);
    ~standing_jobs() override;

    /// Reads the files.
    awaitable<void> read();
    /// Goes on with what they say; commands may come from now on.
    void begin();
    /// Ends all, until the next start of a service.
    awaitable<void> close();
    /// The service is about to end: a command that ends now was interrupted.
    void stopping() { stopping_ = true; }

    [[nodiscard]] awaitable<result<job_row>> add(standing_job job) override;
    [[nodiscard]] awaitable<result<std::vector<std::string>>>
    remove(std::vector<std::string> jobs) override;
    [[nodiscard]] std::vector<job_row> list() const override;
    [[nodiscard]] result<> check(const notify_command& what) const override;

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
    job_store store_;
    standing_job_parts with_;
    std::list<std::unique_ptr<standing>> jobs_;
    task_group tasks_;
    bool stopping_ = false;
};

} // namespace outrider
