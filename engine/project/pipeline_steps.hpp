#pragma once

#include "engine/api/commands.hpp"
#include "engine/core/result.hpp"
#include "engine/project/guild_file.hpp"
#include "engine/search/flag_map.hpp"

#include <string>
#include <vector>

namespace outrider {

/// One step of a pipeline, its references resolved: what one would type for it.
struct pipeline_step {
    std::string name;     ///< of the link to its run, each once
    run_command command;  ///< `run` of the step's operation
    std::string shown;    ///< "step: train --label x lr=0.1": its name, options, batch files, flags
    bool isolated = true; ///< it sees the runs of this pipeline alone
    std::string failed;   ///< why it cannot be run, said when it is its turn; empty: it can
};

/// What the steps of a pipeline are read with.
struct pipeline_values {
    const flag_map& flags;    ///< of the pipeline
    const run_command& typed; ///< what started it: some of it is passed on
    std::string passed_label; ///< for steps that have none; empty: none
};

/// Reads the `steps` of an operation. Fails as Guild does where one of them has no form at all.
[[nodiscard]] result<std::vector<pipeline_step>> read_steps(const operation_def& pipeline,
                                                            const pipeline_values& from);

/// Whether an operation is a pipeline.
[[nodiscard]] bool is_pipeline(const operation_def& op);

} // namespace outrider
