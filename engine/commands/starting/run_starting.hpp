#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/protocol/children_plan.hpp"

#include <optional>

namespace outrider {

/// What a pool wants of a new run.
struct pool_wishes {
    protocol::slot_rules needs; ///< it has a slot from its start to its end, or fails with
                                ///< `no_free_slot`; staged, it waits for one
    std::optional<protocol::children_pool> spread; ///< it is a batch, whose trials run there
};

/// A new run on the machine that the command names.
[[nodiscard]] awaitable<result<outcome>> start_new_run(command_session& session, run_command what,
                                                       pool_wishes wishes = {});

/// `run --start` and `run --restart`: the operation of a run that is there, in place.
[[nodiscard]] awaitable<result<outcome>> start_again(command_session& session, run_command what,
                                                     target at);

/// `run --help-op`: what the project says of an operation (empty: the default one).
[[nodiscard]] awaitable<result<outcome>> describe_operation(command_session& session,
                                                            std::string operation);

/// `run --help-model`: what the project says of the model of an operation.
[[nodiscard]] awaitable<result<outcome>> describe_model(command_session& session,
                                                        std::string operation);

} // namespace outrider
