#include "engine/commands/editing/chosen_edit.hpp"

namespace outrider {

awaitable<result<chosen_runs>> choose_edited(command_session& session, const target& at,
                                             run_selection selection) {
    // As in Guild, filters do not widen the choice: they say which run is the newest.
    const bool newest = selection.runs.empty();
    auto chosen = co_await choose_runs(session, at, {.selection = std::move(selection)});
    if (chosen && newest && chosen->rows.size() > 1) {
        chosen->rows.resize(1);
    }
    co_return chosen;
}

awaitable<result<outcome>> edit_chosen(command_session& session, chosen_edit what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen = what.every ? co_await choose_runs(session, *at, {.selection = what.selection})
                             : co_await choose_edited(session, *at, what.selection);
    if (!chosen) {
        co_return chosen.error();
    }
    if (chosen->rows.empty()) {
        session.emit(nothing_selected{what.nothing});
        co_return outcome{};
    }
    attribute_edit edit{.run_ids = {}, .names = std::move(what.names), .decide = what.decide};
    for (const auto& row : chosen->rows) {
        edit.run_ids.push_back(row.id);
    }
    question asked;
    asked.kind = what.asked;
    asked.remote = at->remote;
    asked.text = std::move(what.heading);
    asked.runs = std::move(chosen->rows);
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    auto edited = co_await edit_attributes(session, *at, std::move(edit));
    if (!edited) {
        co_return edited.error();
    }
    session.emit(runs_edited{.kind = what.done, .count = *edited});
    co_return outcome{};
}

} // namespace outrider
