#pragma once

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/editing/attribute_edit.hpp"
#include "engine/commands/session/perform.hpp"

#include <string>
#include <vector>

namespace outrider {

/// An edit of chosen runs, from the selection to the last word.
struct chosen_edit {
    std::string remote;
    run_selection selection;                 ///< without RUN: the newest
    std::string heading;                     ///< of the question
    std::vector<std::string> names;          ///< of the attributes
    attribute_decision decide;               ///< what they become
    edit_kind done = edit_kind::labeled;     ///< what is told at the end
    nothing_to nothing = nothing_to::change; ///< what is told where no run is chosen
    question_kind asked = question_kind::change;
    bool every = false; ///< without RUN, all that the filters leave, not the newest of them
};

/// Chooses the runs that an edit is about: those named, otherwise the newest one.
[[nodiscard]] awaitable<result<chosen_runs>>
choose_edited(command_session& session, const target& at, run_selection selection);

/// Chooses the runs, asks, edits, tells.
[[nodiscard]] awaitable<result<outcome>> edit_chosen(command_session& session, chosen_edit what);

} // namespace outrider
