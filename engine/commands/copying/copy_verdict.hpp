#pragma once

#include "engine/api/run_row.hpp"

#include <optional>
#include <string>

namespace outrider {

/// Whether a run may be copied over what the other machine has of it.
enum class copy_verdict {
    copy,            ///< what is there is older, or nothing
    runs_there,      ///< the run belongs to the destination and is running there
    came_from_there, ///< what is to be copied is itself a copy of a run of the destination
    ended_there,     ///< the destination knows the end of the run, the source does not
};

/// Decides so that a copy never takes the place of the truth. `destination_name` is how the source
/// calls the destination. Pure.
[[nodiscard]] copy_verdict judge_copy(const run_row& source,
                                      const std::optional<run_row>& destination,
                                      const std::string& destination_name);

} // namespace outrider
