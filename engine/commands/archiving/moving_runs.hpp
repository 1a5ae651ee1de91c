#pragma once

#include "engine/commands/archiving/run_tree.hpp"
#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/session/perform.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Rows in the order in which RUN arguments name them; the newest first without any.
[[nodiscard]] std::vector<run_row> in_order_of(const std::vector<std::string>& arguments,
                                               std::vector<run_row> rows);

/// Runs that go from one place of this machine to another.
struct runs_to_move {
    std::vector<run_row> rows; ///< in their order
    std::string to;            ///< absolute: a directory of runs, or a zip file
    std::string shown;         ///< what `to` is in warnings: "out"; empty: nothing
    bool move = false;
    run_links links = run_links::keep;
};

/// Refuses runs that run: a move would take the ground from under them.
[[nodiscard]] result<> check_movable(const std::vector<run_row>& rows);

/// Copies or moves the runs, and says each; what is there already is said and left out. The number
/// that went.
[[nodiscard]] awaitable<result<int>> move_runs(command_session& session, runs_to_move what);

/// With `--copy-resources`: asks once more. `aborted` if the person declines.
[[nodiscard]] awaitable<result<>> confirm_resources(command_session& session);

} // namespace outrider
