#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/core/result.hpp"
#include "engine/protocol/machine_messages.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// Executes a program on a machine and hands what it prints to `on_output`, piece by piece; gives
/// its exit status. Not bounded in time: an interrupt ends it.
[[nodiscard]] awaitable<result<std::int64_t>>
execute_on(command_session& session, const target& at, protocol::execute what,
           std::function<void(std::string_view)> on_output);

/// What a program that ends soon has printed.
struct program_answer {
    std::int64_t exit_status = 0;
    std::string output; ///< at most 64 KiB of it
};

/// Asks a program there for something, within `limit`.
[[nodiscard]] awaitable<result<program_answer>> ask_program(command_session& session,
                                                            const target& at,
                                                            protocol::execute what,
                                                            std::chrono::milliseconds limit);

/// Executes a program on the terminal that this process has, and waits for its end: its exit
/// status, negative for a signal. Blocks. `not_found` if there is no such program. `started` is
/// told its process.
[[nodiscard]] result<int> run_in_foreground(const std::vector<std::string>& words,
                                            const std::string& directory,
                                            const std::function<void(int pid)>& started = {});

} // namespace outrider
