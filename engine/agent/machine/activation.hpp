#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/agent/server/event_set.hpp"
#include "engine/agent/server/job.hpp"

#include <sys/types.h>

#include <memory>
#include <optional>

namespace outrider::agent {

/// Runs the activation code of a remote (`source venv/bin/activate`, conda, …) once in a shell and
/// captures the environment that it leaves. Owned by the start that needs it; its end kills a shell
/// that is still busy.
class activation {
  public:
    /// Longest that activation code may take.
    static constexpr std::chrono::seconds limit{60};

    /// Starts the shell in `directory`; `executable` is this agent, which prints the environment.
    [[nodiscard]] static result<std::unique_ptr<activation>>
    begin(const std::string& code, const std::string& executable, const std::string& directory);
    activation(const activation&) = delete;
    activation& operator=(const activation&) = delete;
    ~activation();

    /// The environment once it is there; nothing while the shell runs; `start_failed` if a command
    /// of the code failed, with that command, its exit code and the last lines of what was printed.
    [[nodiscard]] result<std::optional<environment_map>> poll();
    [[nodiscard]] job_wait wait() const;

  private:
    activation() = default;
    failure failed(const std::string& how) const;
    std::string end_of_shell(int status) const;

    event_set events_;
    descriptor messages_;
    descriptor environment_;
    descriptor shell_watch_;
    std::string message_text_;
    std::string environment_text_;
    clock::time_point deadline_ = clock::now() + limit;
    pid_t shell_ = -1;
};

/// The environment that an operation inherits: this process's, or what activation code leaves.
class activated_environment {
  public:
    /// Starts the activation code, if there is any, or goes on with it. The environment once it is
    /// there; nothing while the code runs.
    [[nodiscard]] result<std::optional<environment_map>> poll(const agent_context& context,
                                                              const std::string& code);
    /// After a `poll` that gave nothing.
    [[nodiscard]] job_wait wait() const { return activation_->wait(); }

  private:
    std::unique_ptr<activation> activation_;
};

} // namespace outrider::agent
