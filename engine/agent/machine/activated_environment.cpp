#include "engine/agent/machine/activated_environment.hpp"

namespace outrider::agent {

result<std::optional<environment_map>> activated_environment::poll(const agent_context& context,
                                                                   const std::string& code) {
    if (code.empty()) {
        return std::optional(inherited_environment());
    }
    if (!activation_) {
        auto begun = activation::begin(code, context.executable, context.machine.home);
        if (!begun) {
            return begun.error();
        }
        activation_ = std::move(*begun);
    }
    auto environment = activation_->poll();
    if (!environment || environment->has_value()) {
        activation_.reset();
    }
    return environment;
}

} // namespace outrider::agent
