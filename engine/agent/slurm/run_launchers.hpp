#pragma once

#include "engine/agent/launch/process_launcher.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/agent/slurm/job_record.hpp"
#include "engine/agent/slurm/slurm_launcher.hpp"

namespace outrider::agent {

/// Chooses for each run by its record: a job of Slurm, or processes of this machine. What runs in
/// the very job that this process is in is judged by its processes, which are here.
class run_launchers final : public run_launcher {
  public:
    run_launchers(const protocol::machine_facts& machine, std::shared_ptr<slurm_view> view,
                  std::string build)
        : processes_(machine), jobs_(std::move(view), std::move(build)) {}

    result<std::unique_ptr<launch_progress>>
    launch(const run_paths& run, const supervisor_words& words,
           const std::map<std::string, std::string>& environment, const descriptor& lock) override;
    run_evidence alive(const run_paths& run) override { return of(run).alive(run); }
    std::unique_ptr<launched_run> find(const run_paths& run) override { return of(run).find(run); }
    std::vector<descriptor> ends(const run_paths& run) override { return of(run).ends(run); }

  private:
    run_launcher& of(const run_paths& run);

    process_launcher processes_;
    slurm_launcher jobs_;
    std::optional<own_job> own_ = job_of_this_process();
};

/// Gives an agent what starts its runs, and what it does beside its requests.
void choose_launchers(agent_context& context);
/// The view of an agent whose launchers were chosen so; none where they were not.
[[nodiscard]] slurm_view* view_of(const agent_context& context);

} // namespace outrider::agent
