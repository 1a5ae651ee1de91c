#pragma once

#include "engine/commands/session/session.hpp"

#include <optional>

namespace outrider {

/// What a command ends with: nothing, or an exit status: the operation's for a local `run`, 1 where
/// the events told what is wrong.
using outcome = std::optional<std::int64_t>;

/// Each command has one `perform`, in the file of its name. It tells its story by events, and
/// returns when there is nothing more to tell.
awaitable<result<outcome>> perform(command_session&, run_command);
awaitable<result<outcome>> perform(command_session&, watch_command);
awaitable<result<outcome>> perform(command_session&, wait_command);
awaitable<result<outcome>> perform(command_session&, stop_command);
awaitable<result<outcome>> perform(command_session&, operations_command);
awaitable<result<outcome>> perform(command_session&, list_command);
awaitable<result<outcome>> perform(command_session&, info_command);
awaitable<result<outcome>> perform(command_session&, select_command);
awaitable<result<outcome>> perform(command_session&, diff_command);
awaitable<result<outcome>> perform(command_session&, ls_command);
awaitable<result<outcome>> perform(command_session&, cat_command);
awaitable<result<outcome>> perform(command_session&, open_command);
awaitable<result<outcome>> perform(command_session&, delete_command);
awaitable<result<outcome>> perform(command_session&, restore_command);
awaitable<result<outcome>> perform(command_session&, purge_command);
awaitable<result<outcome>> perform(command_session&, label_command);
awaitable<result<outcome>> perform(command_session&, tag_command);
awaitable<result<outcome>> perform(command_session&, mark_command);
awaitable<result<outcome>> perform(command_session&, comment_command);
awaitable<result<outcome>> perform(command_session&, pull_command);
awaitable<result<outcome>> perform(command_session&, push_command);
awaitable<result<outcome>> perform(command_session&, sync_command);
awaitable<result<outcome>> perform(command_session&, remotes_command);
awaitable<result<outcome>> perform(command_session&, remote_status_command);
awaitable<result<outcome>> perform(command_session&, remote_start_command);
awaitable<result<outcome>> perform(command_session&, remote_stop_command);
awaitable<result<outcome>> perform(command_session&, check_command);
awaitable<result<outcome>> perform(command_session&, doctor_command);
awaitable<result<outcome>> perform(command_session&, notify_command);
awaitable<result<outcome>> perform(command_session&, jobs_command);

} // namespace outrider
