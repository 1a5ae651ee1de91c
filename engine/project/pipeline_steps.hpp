#pragma once

#include "engine/api/commands.hpp"
#include "engine/core/result.hpp"
#include "engine/project/guild_file.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/search/flag_map.hpp"

#include <string>
#include <vector>

namespace outrider {

/// One step of a pipeline, its references resolved: what one would type for it.
struct pipeline_step {
    std::string name;      ///< of the link to its run, each once
    std::string said_name; ///< as the project has it
    run_command command;   ///< `run` of the step's operation
    std::string operation; ///< as the project has it
    std::string arguments; ///< " --label x @f.csv lr=0.1": options, batch files, flags
    std::string remote;    ///< where it runs, if it is not with the others
    bool isolated = true;  ///< it sees the runs of this pipeline alone
    std::vector<protocol::step_check> checks;
    std::vector<std::string> notes; ///< what is said of it before the first step
    /// "step: train --label x lr=0.1"; a step that starts again has its run instead of `operation`.
    [[nodiscard]] std::string title(const std::string& what) const {
        return said_name + ": " + what + arguments;
    }
};

/// What the steps of a pipeline are read with.
struct pipeline_values {
    const flag_map& flags;    ///< of the pipeline
    const run_command& typed; ///< what started it: some of it is passed on
    std::string passed_label; ///< for steps that have none; empty: none
    bool again = false;       ///< the pipeline starts again
};

/// Reads the `steps` of an operation. Fails as Guild does where one of them has no form at all.
[[nodiscard]] result<std::vector<pipeline_step>> read_steps(const operation_def& pipeline,
                                                            const pipeline_values& from);

/// Whether an operation is a pipeline.
[[nodiscard]] bool is_pipeline(const operation_def& op);

} // namespace outrider
