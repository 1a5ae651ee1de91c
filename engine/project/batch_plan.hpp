#pragma once

#include "engine/flags/trial_recipe.hpp"
#include "engine/project/batch_optimizer.hpp"
#include "engine/project/run_plan.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/search/search_settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// The id of the prototype of a batch's trials.
inline constexpr const char* prototype_id = "proto";

/// A sweep before any machine is asked. `plan_run` makes it where flags or options make a batch,
/// and `run_plan::batch` holds it: that run plan then is the one of the *prototype*, with the id
/// `proto` and lists and functions as flags, and what it is to stage below `.guild/proto` of the
/// batch. Its trials are the prototype with other flags: `plan_trial`.
struct batch_plan {
    batch_kind kind = batch_kind::grid;
    /// As oprefs and listings show it: "+", "skopt:random", "skopt:gp", "corners".
    std::string optimizer;
    /// The batch's own run: id, opref, attributes (`objective`, `max_trials`, `random_seed`,
    /// label and tags of `--batch-…`), `delete_on_success`; its `flags` are the optimizer's. Only
    /// a program has sources and a command to start; for the other kinds the command is what Guild
    /// would record (`-um guild.batch_main`), and nothing of it is started.
    run_plan run;
    /// Of `grid` and `random`: all trials in the order of their start.
    std::vector<flag_map> trials;
    /// Of `search`, and the program that is asked for its trials, if not our sampler.
    search_settings search;
    std::optional<protocol::optimizer_program> program;
    /// How many trials there will be, where that is known.
    std::optional<std::int64_t> count;
    /// Not empty: there is no trial, and why. The batch's run says these lines and ends with 1
    /// ("ERROR: [guild] unknown function …").
    std::string failed;

    /// What a person should know about the optimizer, or empty.
    std::string remark;
    std::string objective; ///< a scalar, with a `-` where it is maximized
    bool files = false;    ///< trials were written down in batch files

    operation_def operation; ///< of the trials
    trial_recipe recipe;     ///< how their flags become runs
};

/// What a batch is planned from.
struct batch_sources {
    const run_request& request;
    const operation_def& op;
    const flag_values& flags; ///< of the prototype
    const optimizer_choice& choice;
    const std::vector<flag_map>& written; ///< trials of batch files, if there are two or more
    const run_plan& prototype;
};

/// Plans the batch's own run and its trials. 10,000 trials take well below a second.
[[nodiscard]] result<batch_plan> plan_batch(const batch_sources& from);

/// Flags that a search may choose although nobody said so: those with choices, or with a lowest and
/// a highest value. What the person typed is left alone.
void search_declared_flags(const operation_def& op, flag_values& flags);

/// The run of one trial. Pure, and quick: a sweep of 10,000 calls it for each. Fails as `plan_run`
/// does if flags and command do not fit.
[[nodiscard]] result<trial_run> plan_trial(const run_plan& prototype, const flag_map& flags);

} // namespace outrider
