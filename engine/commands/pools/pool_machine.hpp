#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/protocol/slot.hpp"

#include <cstdint>
#include <string>

namespace outrider {

/// What a run of a pool has to have on a machine. One that says nothing about slots has one: two
/// runs there would only be in each other's way. One that names its GPUs has one for each. The
/// numbers are those that the person wants; 0: as the machine is set up.
[[nodiscard]] protocol::slot_rules needs_of(const remote& to, std::int64_t gpus_per_trial,
                                            std::int64_t trials_per_gpu);

/// Starts a queue for runs that are staged on a machine, under the id `run_id`. It ends when
/// nothing waits any more, so one that is there already may be about to.
[[nodiscard]] awaitable<result<>> begin_queue(const command_session& session, std::string machine,
                                              std::string run_id);

} // namespace outrider
