#pragma once

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/remotes/clock_offset.hpp"

#include <string>
#include <vector>

namespace outrider {

/// The runs that one of several remotes has, and how its clock stands to ours.
struct remote_runs {
    std::string remote;
    chosen_runs chosen;
    clock_offset clock;
};

/// A run of one of several remotes.
struct merged_run {
    run_row row; ///< with `held_by`; times of this machine's clock; index in the whole
    protocol::run_facts facts; ///< if they were asked for
};

/// All runs in one order, newest first; those without a time last. An offset that may be an error
/// of the measuring is none. Pure.
[[nodiscard]] std::vector<merged_run> merge_runs(std::vector<remote_runs> parts);

} // namespace outrider
