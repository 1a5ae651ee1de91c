#pragma once

#include "engine/agent/machine/activation.hpp"
#include "engine/agent/server/context.hpp"

namespace outrider::agent {

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
