#pragma once

#include "engine/agent/server/run_launcher.hpp"
#include "engine/agent/slurm/slurm_view.hpp"

namespace outrider::agent {

/// Runs as jobs of Slurm, each known by the record in its directory.
class slurm_launcher final : public run_launcher {
  public:
    /// `build` is the content hash of this executable.
    slurm_launcher(std::shared_ptr<slurm_view> view, std::string build)
        : view_(std::move(view)), build_(std::move(build)) {}

    result<std::unique_ptr<launch_progress>>
    launch(const run_paths& run, const supervisor_words& words,
           const std::map<std::string, std::string>& environment, const descriptor& lock) override;
    run_evidence alive(const run_paths& run) override;
    std::unique_ptr<launched_run> find(const run_paths& run) override;
    /// Nobody tells: the processes are on other nodes.
    std::vector<descriptor> ends(const run_paths& /*run*/) override { return {}; }

  private:
    std::shared_ptr<slurm_view> view_;
    std::string build_;
};

} // namespace outrider::agent
