#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/protocol/machine_messages.hpp"
#include "engine/protocol/slurm_messages.hpp"
#include "engine/remotes/agent_bootstrap.hpp"
#include "engine/remotes/clock_offset.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// What the python of a machine says of itself.
struct python_facts {
    std::string version;
    std::string executable;
    std::string psutil;      ///< version; empty: not installed
    std::string tensorboard; ///< likewise
    std::string guild;       ///< of an installed Guild AI; likewise
};

/// Everything that `check` and `doctor` know of a machine that answers.
struct machine_survey {
    remote to;
    bool is_here = false; ///< this machine
    protocol::hello hello;
    protocol::machine_report report;
    std::optional<clock_offset> clock; ///< of a remote
    shell_facts shell;
    std::optional<python_facts> python; ///< nothing: there is none that works
    std::string python_failure;         ///< why, where there is none
    std::string activation_failure;     ///< why the environment there cannot be activated
    std::vector<std::string> gpus;      ///< a line each
    std::string gpu_failure;            ///< why nothing is known of any; may be empty
    std::string nvidia_driver;
    std::string cuda;
    /// Channels that the connection gives, ours included; nothing: it has no such limit, or it was
    /// not asked.
    std::optional<int> channels;
    /// Where runs are jobs: what a run is by default, and what Slurm says.
    std::optional<protocol::slurm_job> job;
    std::optional<protocol::slurm_report> slurm;
    std::string slurm_failure; ///< why nothing is known of Slurm; may be empty
};

/// Connects and asks. `channels`: counts them too, by opening them. Fails where no agent answers.
[[nodiscard]] awaitable<result<machine_survey>> survey_machine(command_session& session,
                                                               const target& at, bool channels);

} // namespace outrider
