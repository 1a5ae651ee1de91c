#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/session/session.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// What to ask a machine for.
struct run_query {
    run_selection selection;
    std::int64_t newest = 0;             ///< at most this many rows; 0: all
    bool deleted = false;                ///< the trash
    std::vector<std::string> attributes; ///< to have in `chosen_runs::facts`; empty: no facts
    bool may_recall = false; ///< what a service remembers will do, where it answers the query
    bool repeats = false;    ///< a run that is named twice comes twice
};

/// The chosen runs, in the order in which they are named, else newest first, with their index in
/// the whole list.
struct chosen_runs {
    std::vector<run_row> rows;
    std::int64_t total = 0;                  ///< that were chosen, before `newest` cut them
    std::string home;                        ///< absolute, there
    std::vector<protocol::run_facts> facts;  ///< of the same runs, if attributes were asked for
    std::optional<remembered_runs> recalled; ///< they are told from memory
};

/// Lists runs of a machine and applies filters, then RUN arguments. Fails with `not_found` or
/// `ambiguous` for an argument that does not name one run, with `bad_input` for a filter that makes
/// no sense.
[[nodiscard]] awaitable<result<chosen_runs>> choose_runs(command_session& session, const target& at,
                                                         run_query query);

/// A machine and the runs chosen there.
struct runs_at_hand {
    target at;
    chosen_runs chosen;
};

/// Finds the machine of a command and chooses runs there, as `choose_runs`.
[[nodiscard]] awaitable<result<runs_at_hand>> choose_runs_at(command_session& session,
                                                             std::string remote, run_query query);

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

/// The facts of those of some runs that are there, fresh, by id.
[[nodiscard]] awaitable<result<std::map<std::string, run_row>>>
look_up_runs(command_session& session, const target& at, std::vector<std::string> ids);

/// The facts of one run, fresh; `not_found` if it is not there.
[[nodiscard]] awaitable<result<run_row>> look_up_run(command_session& session, const target& at,
                                                     std::string id);

} // namespace outrider
