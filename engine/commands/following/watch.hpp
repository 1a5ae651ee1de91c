#pragma once

#include "engine/commands/session/perform.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Watches runs of several remotes at the same time: those that RUN arguments name, else all that
/// run. That nothing runs on some of them is no failure, but it is one if nothing runs on any.
[[nodiscard]] awaitable<result<outcome>>
watch_on_each(command_session& session, std::vector<std::string> remotes, watch_command what);

} // namespace outrider
