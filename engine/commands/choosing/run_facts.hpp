#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/protocol/messages.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// The facts of runs, newest first; those that are not there are left out.
[[nodiscard]] awaitable<result<std::vector<protocol::run_facts>>>
fetch_facts(command_session& session, const target& at, protocol::list_runs request);

/// A small file of a run, whole; nothing if it does not exist. `home` is where `runs/ID` stands,
/// so for a deleted run the home's `trash`. Fails with `bad_input` beyond 4 MiB.
[[nodiscard]] awaitable<result<std::optional<std::string>>>
fetch_run_file(command_session& session, const target& at, protocol::read_file request);

/// The first line of a file of a run, which may be of any size; the rest is not waited for. Nothing
/// if there is no such file.
[[nodiscard]] awaitable<result<std::optional<std::string>>>
fetch_first_line(command_session& session, const target& at, protocol::read_file request);

} // namespace outrider
