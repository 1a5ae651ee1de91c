#pragma once

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/remotes/clock_offset.hpp"

#include <optional>
#include <vector>

namespace outrider {

/// What a service remembers of a machine, as the machine itself would have listed it.
struct recalled_runs {
    std::vector<protocol::run_facts> runs; ///< newest first
    std::int64_t total = 0;                ///< that are there
    std::string home;                      ///< absolute, there
    remembered_runs age;
};

/// Answers a query from memory, where the query allows it and the memory is valid and holds
/// all that can decide it. `attributes` are those that its filters read. A service that answers so
/// sees to it that the machine is watched.
[[nodiscard]] std::optional<recalled_runs> recall_runs(command_session& session, const target& at,
                                                       const run_query& query,
                                                       const std::vector<std::string>& attributes);

/// Lets a service remember what a machine listed: all it has, or the newest. `moment` is that of
/// its memory before the machine was asked.
void remember_runs(command_session& session, const target& at, const protocol::run_list& told,
                   const std::vector<protocol::run_facts>& runs, std::int64_t moment);

/// How the clock of a machine of which is told from memory stands to ours.
[[nodiscard]] clock_offset remembered_clock(const command_session& session, const target& at);
/// The same, asked of the machine.
[[nodiscard]] awaitable<result<clock_offset>> asked_clock(command_session& session,
                                                          const target& at);

/// The moment to give to `remember_runs`.
[[nodiscard]] std::int64_t moment_of_memory(const command_session& session);

} // namespace outrider
