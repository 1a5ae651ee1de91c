#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/project/trial_children.hpp"

#include <optional>

/// On what terms the trials of a batch run, as options and the configuration of their machine say:
/// how many at a time, what each has of the machine, and when one is ended early. They decide
/// nothing about which trials there are.
namespace outrider {

/// Adds them to the options of a batch that is planned. Of the objective of a search, what makes no
/// sense fails in the run of the batch, where Guild's would; anything else at once.
[[nodiscard]] awaitable<result<>> add_trial_terms(command_session& session, const target& at,
                                                  const run_command& what, const batch_plan& batch,
                                                  trial_options& how);

/// The same for trials that are planned already: what the command says otherwise than their plan,
/// if anything. `objective` is what the batch has recorded.
[[nodiscard]] awaitable<result<std::optional<protocol::children_choice>>>
trial_choice(command_session& session, const target& at, const run_command& what,
             const std::string& objective);

} // namespace outrider
