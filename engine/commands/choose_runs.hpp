#pragma once

#include "engine/commands/session.hpp"
#include "engine/events.hpp"

#include <optional>
#include <vector>

namespace outrider {

/// What to ask a machine for.
struct run_query {
    run_selection selection;
    std::int64_t newest = 0; ///< without RUN arguments: at most this many; 0: all
    bool deleted = false;    ///< the trash
};

/// The chosen runs, newest first, with their index in the whole list.
struct chosen_runs {
    std::vector<run_row> rows;
    std::int64_t total = 0; ///< in the list that the indexes refer to
    std::string home;       ///< absolute, there
};

/// Lists runs of a machine and applies the RUN arguments. Fails with `not_found` or `ambiguous` for
/// an argument that does not name one run.
[[nodiscard]] awaitable<result<chosen_runs>> choose_runs(command_session& session, const target& at,
                                                         run_query query);

/// The one run that `ls`, `cat` and `watch` are about: the one named, else the newest. `not_found`
/// if there is none; `bad_input` if several are named.
[[nodiscard]] awaitable<result<run_row>> choose_one_run(command_session& session, const target& at,
                                                        run_selection selection);

/// A run and the agent of the machine that holds it.
struct run_at_hand {
    target at;
    run_row run;
    std::shared_ptr<agent_client> agent;
};

/// Finds the machine and the one run of a command, as `choose_one_run`.
[[nodiscard]] awaitable<result<run_at_hand>>
find_one_run(command_session& session, std::string remote, run_selection selection);

/// The facts of one run, fresh; `not_found` if it is not there.
[[nodiscard]] awaitable<result<run_row>> look_up_run(command_session& session, const target& at,
                                                     std::string id);

} // namespace outrider
