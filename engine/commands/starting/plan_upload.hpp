#pragma once

#include "engine/commands/session/session.hpp"

#include <string>

namespace outrider {

/// Brings the plan of a run's children (protocol/children_plan.hpp) to its machine, and gives the
/// hash of the package that it is there.
[[nodiscard]] awaitable<result<std::string>> send_plan_text(command_session& session,
                                                            const target& at, std::string text);

} // namespace outrider
