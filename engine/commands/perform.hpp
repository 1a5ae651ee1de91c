#pragma once

#include "engine/commands/session.hpp"

#include <optional>

namespace outrider {

/// What a command ends with: nothing, or the operation's exit status for a local `run`.
using outcome = std::optional<std::int64_t>;

/// Each command has one `perform`, in the file of its name. It tells its story by events, and
/// returns when there is nothing more to tell.
awaitable<result<outcome>> perform(command_session&, run_command);
awaitable<result<outcome>> perform(command_session&, list_command);
awaitable<result<outcome>> perform(command_session&, delete_command);
awaitable<result<outcome>> perform(command_session&, watch_command);
awaitable<result<outcome>> perform(command_session&, stop_command);
awaitable<result<outcome>> perform(command_session&, ls_command);
awaitable<result<outcome>> perform(command_session&, cat_command);
awaitable<result<outcome>> perform(command_session&, pull_command);
awaitable<result<outcome>> perform(command_session&, remotes_command);
awaitable<result<outcome>> perform(command_session&, remote_status_command);

} // namespace outrider
