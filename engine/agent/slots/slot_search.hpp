#pragma once

#include "engine/agent/machine/forked_answer.hpp"
#include "engine/agent/slots/free_slots.hpp"

#include <memory>
#include <optional>

namespace outrider::agent {

/// What a look at the slots of this machine has found.
struct slots_found {
    slot_count count;
    std::optional<slot_grant> grant; ///< for one more run; nothing where none is free, or needed
    std::int64_t gpu_memory_mib = 0; ///< of the largest GPU, where runs are given some
    std::string gpu_name;            ///< of that
    std::string trouble;             ///< why there can be none here: GPUs are missing; or empty
};

/// One look, in a process of its own: the driver of GPUs may take seconds to answer, or hang. Owned
/// by the job that wants it. It holds no slot: the supervisor takes what was found, or tells that
/// another one was faster.
class slot_search {
  public:
    /// `environment`: of the run that is to have the slots.
    [[nodiscard]] static result<slot_search> begin(const agent_context& context,
                                                   const protocol::slot_rules& rules,
                                                   const environment_map& environment);

    /// What was found, once the look is over.
    [[nodiscard]] result<std::optional<slots_found>> poll();
    /// What to wait for before the next `poll`.
    [[nodiscard]] job_wait wait() const { return {.readable_fd = answer_->readable_fd()}; }

  private:
    std::unique_ptr<forked_answer> answer_;
};

} // namespace outrider::agent
