#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/agent/slots/gpus.hpp"
#include "engine/protocol/slot.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What one trial gets of the machine.
struct slot_grant {
    std::vector<protocol::held_slot> slots;
    environment_map environment; ///< that shows a run the GPUs that it has, and no others
};

/// Slots of a machine; 0: there is no such limit.
struct slot_count {
    std::int64_t total = 0;
    std::int64_t free = 0;
};

/// Whether a run of this environment is part of another one that has slots, and needs none itself.
[[nodiscard]] bool inherits_slots(const environment_map& environment);

/// Looks for slots that a trial may have. Owned by who runs the trials; it holds no slot itself:
/// the supervisor of a trial takes those that were found for it, and refuses to start it where
/// another one was faster.
class free_slots {
  public:
    free_slots(const agent_context& context, protocol::slot_rules rules,
               environment_map environment);

    /// What the driver said a moment ago: it is not asked again.
    void know_gpus(std::vector<gpu_facts> gpus) { known_gpus_ = std::move(gpus); }
    /// Whether trials need slots at all. One that runs inside of another, which has its slots, does
    /// not.
    [[nodiscard]] bool are_needed() const;
    /// What is wrong with the rules on this machine: there are too few GPUs, or none.
    [[nodiscard]] result<> check() const;
    /// How many trials could have slots at once, and could now. A look; asks the driver of GPUs.
    [[nodiscard]] slot_count count() const;
    /// Slots for one more trial; nothing while there are none. The driver of GPUs is not asked
    /// again right after it was asked in vain.
    [[nodiscard]] std::optional<slot_grant> find();
    /// A directory in which the close of a file that was written tells that a slot may be free.
    [[nodiscard]] const std::string& directory() const { return directory_; }
    /// How long to wait for that before the next look, ms.
    [[nodiscard]] int look_interval() const;

  private:
    result<std::vector<gpu_facts>> gpus() const;
    bool is_free(const protocol::held_slot& slot) const;
    std::int64_t free_plain_slots() const;
    std::vector<protocol::held_slot> slots_on(const gpu_facts& gpu) const;
    std::int64_t free_parts(const gpu_facts& gpu) const;
    bool add_gpus(slot_grant& out) const;

    const agent_context& context_;
    protocol::slot_rules rules_;
    environment_map environment_;
    std::string directory_;
    std::optional<std::vector<gpu_facts>> known_gpus_;
    std::chrono::steady_clock::time_point next_look_; ///< the driver is left alone before that
};

} // namespace outrider::agent
