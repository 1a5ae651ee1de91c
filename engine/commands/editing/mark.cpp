#include "engine/commands/editing/chosen_edit.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, mark_command what) {
    const boost::json::value marked = what.clear ? boost::json::value() : boost::json::value(true);
    chosen_edit edit{.remote = what.remote,
                     .selection = what.selection,
                     .heading = std::string("You are about to ") +
                                (what.clear ? "unmark" : "mark") + " the following runs:",
                     .names = {"marked"},
                     .decide = [marked](const attribute_values&) -> attribute_values {
                         return {{"marked", marked}};
                     },
                     .done = what.clear ? edit_kind::unmarked : edit_kind::marked};
    if (what.clear) {
        edit.nothing = nothing_to::unmark;
        if (edit.selection.runs.empty()) {
            edit.selection.filter.marked = true;
            edit.every = true;
        }
    }
    co_return co_await edit_chosen(session, std::move(edit));
}

} // namespace outrider
