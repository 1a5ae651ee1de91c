#pragma once

#include "engine/api/run_row.hpp"
#include "engine/sync/copy_plan.hpp"
#include "engine/sync/transfer.hpp"

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

/// A run and what is known of its copy.
struct run_and_copy {
    run_row source;
    std::optional<run_row> copy; ///< as the destination reports it; nothing: it is not there
    std::string lock_name;       ///< content of LOCK.remote while the run is running
};

/// Whether the copy is equal and says what it has to say of its run. Pure.
[[nodiscard]] bool is_up_to_date(const run_and_copy& run, const copy_plan& plan);

/// What the transfer of a run has to do: files, attributes, then the markers of its state, and
/// opref last. Until everything is there, a copy that was not final says "running there", its last
/// known state; a final copy of a run that was started again says so as well. Pure.
[[nodiscard]] run_section section_of(const run_and_copy& run, copy_plan plan);

} // namespace outrider
