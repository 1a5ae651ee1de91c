#pragma once

#include "engine/config/config.hpp"
#include "engine/protocol/slot.hpp"

namespace outrider {

/// Adds what the configuration says of this machine's slots: `slots` and `gpus` at its top.
[[nodiscard]] result<> read_own_slots(const config& from, remote& here);

/// The keys of a remote that say how it is shared out among trials: `slots: 4`, `gpus: [0, 2]`,
/// `gpus-per-trial: 1`, `trials-per-gpu: 2`.
[[nodiscard]] protocol::slot_rules slots_of(const remote& to);

/// `prefer: 10`: how much a pool prefers it to its other machines; 0 where nothing is said.
[[nodiscard]] std::int64_t preference_of(const remote& to);
/// `tags: [fast, a100]`: words that a condition of `--where` may ask for.
[[nodiscard]] std::vector<std::string> tags_of(const remote& to);

} // namespace outrider
