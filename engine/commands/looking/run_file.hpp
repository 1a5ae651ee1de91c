#pragma once

#include "engine/commands/choosing/choose_runs.hpp"

#include <cstddef>
#include <string>

namespace outrider {

/// The bytes of a file of a run, at most `limit`; `not_found` where there is none, `io_failed`
/// where it is longer.
[[nodiscard]] awaitable<result<std::string>>
read_run_file(agent_client& agent, protocol::read_file request, std::size_t limit);

/// Where the source code of a run stands, relative to the run; empty: at its top.
[[nodiscard]] awaitable<result<std::string>> source_root(command_session& session,
                                                         const run_at_hand& of);

/// The path in the run that `-p PATH` means with or without `-s`: tidied, below `root`.
/// `bad_input` where it is absolute or leads out of the run.
[[nodiscard]] result<std::string> path_in_run(const std::string& root, const std::string& path);

} // namespace outrider
