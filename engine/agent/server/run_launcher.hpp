#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/runs/run_paths.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What a supervisor's command line says beside the run directory, for people who read `ps`.
struct supervisor_words {
    std::string operation;
    std::vector<std::string> flags; ///< NAME=VALUE
};

/// How a start went.
struct start_outcome {
    std::string warning; ///< for the person, though the run started; may be empty
};

/// A supervisor that was launched, until it has told how its start went. Owned by the job that
/// launched it; the supervisor does not depend on it.
class launch_progress {
  public:
    launch_progress() = default;
    launch_progress(const launch_progress&) = delete;
    launch_progress& operator=(const launch_progress&) = delete;
    virtual ~launch_progress() = default;

    /// The outcome once the supervisor has told it; nothing before. A failure is the one that the
    /// supervisor reports: it has cleared up by then, unless `is_abandoned`.
    [[nodiscard]] virtual result<std::optional<start_outcome>> poll() = 0;
    /// What to wait for before the next `poll`.
    [[nodiscard]] virtual job_wait wait() const = 0;
    /// After a failure: the supervisor ended without a word before `LOCK` was written, so that
    /// whoever launched it has to clear up.
    [[nodiscard]] virtual bool is_abandoned() const = 0;
};

/// What is known of those who start and run a run. Only `gone` is an end, and it is told from proof
/// alone: whoever did not answer, or cannot be seen from here, is `elsewhere`.
struct run_evidence {
    std::optional<std::string> lock; ///< content of LOCK when its processes were looked at
    std::int64_t operation_pid = 0;  ///< from LOCK, 0 if there is none
    protocol::process_state starter = protocol::process_state::none;
    protocol::process_state supervisor = protocol::process_state::none;
    protocol::process_state operation = protocol::process_state::none;
    std::string owner_host; ///< where it can be told, if one of them is `elsewhere`
    std::optional<protocol::end_reason> reason; ///< why they are gone or wait, in words
    std::optional<protocol::job_facts> job;     ///< of a run that is a job
};

/// Whom a signal is for.
enum class signal_target {
    operation,  ///< the process that the supervisor started; it may pass the signal on
    everything, ///< whatever was left of the run at the last look
};

/// A run that was launched, while it is being ended. Owned by the job that ends it.
class launched_run {
  public:
    launched_run() = default;
    launched_run(const launched_run&) = delete;
    launched_run& operator=(const launched_run&) = delete;
    virtual ~launched_run() = default;

    /// Looks at what is left. What was found once stays looked at, even if what it was found by
    /// changed.
    virtual void look() = 0;
    /// What was left at the last look, as pids or ids of jobs: empty once all is gone.
    [[nodiscard]] virtual std::vector<std::int64_t> left() const = 0;
    /// Signals what is alive still, each identity checked again, and wakes what is suspended: it
    /// would never get to the signal. The supervisor is never signalled.
    virtual void signal(int number, signal_target target) = 0;
    /// Whether the one that writes the exit status lives.
    [[nodiscard]] virtual bool recorder_lives() const = 0;
    /// Becomes readable when the operation ends; none where nobody tells, or after that was seen.
    [[nodiscard]] virtual std::optional<int> end_fd() const = 0;
};

/// What starts runs, proves them alive and signals them: processes of this machine, or the jobs of
/// a batch system. Everything else about a run is files. Owned by the agent, called on its one
/// thread; nothing in it waits.
class run_launcher {
  public:
    run_launcher() = default;
    run_launcher(const run_launcher&) = delete;
    run_launcher& operator=(const run_launcher&) = delete;
    virtual ~run_launcher() = default;

    /// Starts a supervisor for a prepared run, with the operation's environment. From here on the
    /// run, and its `lock`, are the supervisor's.
    [[nodiscard]] virtual result<std::unique_ptr<launch_progress>>
    launch(const run_paths& run, const supervisor_words& words,
           const std::map<std::string, std::string>& environment, const descriptor& lock) = 0;
    /// The evidence about a run, and its reason in words.
    [[nodiscard]] virtual run_evidence alive(const run_paths& run) = 0;
    /// The run as something to signal; what `alive` does not prove alive is never signalled.
    [[nodiscard]] virtual std::unique_ptr<launched_run> find(const run_paths& run) = 0;
    /// Descriptors of which each becomes readable when a process of the run ends. Empty where
    /// nobody tells: then the evidence has to be asked for at intervals.
    [[nodiscard]] virtual std::vector<descriptor> ends(const run_paths& run) = 0;
};

} // namespace outrider::agent
