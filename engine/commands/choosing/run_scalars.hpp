#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/protocol/scalar_messages.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// What runs logged, by run id: scalars by tag, texts as attributes. Runs that are not there are
/// left out.
[[nodiscard]] awaitable<result<std::map<std::string, protocol::run_scalars>>>
fetch_logged(command_session& session, const target& at, std::vector<std::string> ids, bool trash);

/// The scalars alone, by run id. `find_scalar` (engine/scalars/scalar_series.hpp) finds the one
/// that a person names.
[[nodiscard]] awaitable<result<std::map<std::string, std::vector<scalar_summary>>>>
fetch_scalars(command_session& session, const target& at, std::vector<std::string> ids, bool trash);

} // namespace outrider
