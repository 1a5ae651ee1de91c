#pragma once

#include "engine/api/commands.hpp"
#include "engine/core/result.hpp"

#include <string>

namespace outrider {

/// The user's home directory: `HOME` of the context, else of the account.
[[nodiscard]] std::string user_home(const command_context& context);

/// The Guild home of a command (FORMAT.md 1), absolute: `-H` or `GUILD_HOME` (must exist),
/// `.guild` of an active virtual environment if it exists, the nearest `.guild` from the working
/// directory up to the user's home, else `~/.guild`, which need not exist.
[[nodiscard]] result<std::string> find_guild_home(const command_context& context);

} // namespace outrider
