#pragma once

#include "engine/api/engine_access.hpp"
#include "engine/fleet/news.hpp"

namespace outrider {

/// Publishes that a command begins, and gives a client like `client` that also publishes what its
/// events say to others: progress of copies, runs that ended, the end of the command. `hub` must
/// outlive the command.
[[nodiscard]] command_client tell_others(command_client client, news_hub& hub, command_id id,
                                         const command& what);

} // namespace outrider
