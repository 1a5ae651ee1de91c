#pragma once

#include "engine/commands/session/perform.hpp"

namespace outrider {

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
