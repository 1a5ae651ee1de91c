#pragma once

#include "engine/commands/session/perform.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Compares the runs of several remotes in one table; RUN arguments count in the order of their
/// common listing.
[[nodiscard]] awaitable<result<outcome>>
compare_on_each(command_session& session, std::vector<std::string> remotes, compare_command what);

} // namespace outrider
