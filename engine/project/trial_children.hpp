#pragma once

#include "engine/api/scalar_choice.hpp"
#include "engine/core/result.hpp"
#include "engine/project/batch_plan.hpp"
#include "engine/project/source_files.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/protocol/slot.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace outrider {

/// How the trials of a batch are to run.
struct trial_options {
    std::string home;       ///< of their machine
    std::string activation; ///< there
    std::string program;    ///< the name that messages call this program by
    bool stage = false;
    bool stop_on_failure = false;
    std::int64_t parallel = 1; ///< 0: slots decide
    protocol::slot_rules slots;
    std::vector<std::string> ids; ///< of their runs, one for each trial
    scalar_choice objective;      ///< what trials are measured by
    bool keep_going = false;
    std::optional<protocol::children_early_stop> early_stop;
    std::string failed; ///< why there can be none: the lines that the batch says
    std::optional<protocol::children_pool> pool; ///< whose machines run them
    std::vector<std::string> children; ///< of pipelines: the package of each trial's own plan
};

/// Files that runs need, named by their content.
struct file_package {
    std::string hash;
    std::vector<source_file> files;
};

/// The children of a batch, as its machine gets them.
struct trial_children {
    std::string plan;                   ///< text, as protocol/children_plan.hpp says
    std::vector<file_package> packages; ///< what single trials require, beside the common ones
};

/// Writes the plan of a batch's trials. `prototype` has its requirements resolved; they hold for
/// every trial unless a flag decides them. Reads files of the project where each trial requires
/// others: run it where it may block.
[[nodiscard]] result<trial_children> plan_children(const run_plan& prototype,
                                                   const trial_options& how);

} // namespace outrider
