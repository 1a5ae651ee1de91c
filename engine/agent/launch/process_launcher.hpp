#pragma once

#include "engine/agent/server/run_launcher.hpp"

namespace outrider::agent {

/// Runs as processes of this machine: a detached supervisor each, known by its identity on disk
/// (machine, pid namespace, boot, pid and start time).
class process_launcher final : public run_launcher {
  public:
    explicit process_launcher(protocol::machine_facts machine) : machine_(std::move(machine)) {}

    result<std::unique_ptr<launch_progress>>
    launch(const run_paths& run, const supervisor_words& words,
           const std::map<std::string, std::string>& environment, const descriptor& lock) override;
    run_evidence alive(const run_paths& run) override;
    std::unique_ptr<launched_run> find(const run_paths& run) override;
    std::vector<descriptor> ends(const run_paths& run) override;

  private:
    protocol::machine_facts machine_;
};

} // namespace outrider::agent
