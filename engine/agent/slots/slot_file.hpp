#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"
#include "engine/protocol/slot.hpp"

#include <filesystem>
#include <string>

namespace outrider::agent {

namespace fs = std::filesystem;

/// Where the slots of a machine are: one file each, below the cache directory that all agents of a
/// user share.
[[nodiscard]] fs::path slots_directory(const fs::path& cache);

/// Takes a slot for this process. The lock goes with the descriptor: it ends with the last process
/// that has it, however that ends, and whoever watches the directory is told by the close of a
/// file that was open for writing. `conflict` if somebody else holds it.
[[nodiscard]] result<descriptor> take_slot(const fs::path& cache, const protocol::held_slot& slot);

/// Writes whose slot it is: the directory of a run.
void sign_slot(const descriptor& slot, const std::string& run_directory);

/// Whether nobody holds a slot; no promise, only a look. `signed_by`: the run that held it last.
[[nodiscard]] bool is_slot_free(const fs::path& cache, const protocol::held_slot& slot,
                                std::string& signed_by);

} // namespace outrider::agent
