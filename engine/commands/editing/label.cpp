#include "engine/commands/editing/chosen_edit.hpp"
#include "engine/commands/editing/edit_rules.hpp"

namespace outrider {
namespace {

namespace json = boost::json;

std::string heading_of(const label_command& what) {
    switch (what.change) {
    case label_change::set:
        return "You are about to label the following runs with '" + what.text + "':";
    case label_change::prepend:
        return "You are about to prepend '" + what.text + "' to the labels of the following runs:";
    case label_change::append:
        return "You are about to append '" + what.text + "' to the labels of the following runs:";
    case label_change::remove:
        return "You are about to remove '" + what.text + "' from the labels of the following runs:";
    case label_change::clear:
        break;
    }
    return "You are about to clear the labels of the following runs:";
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, label_command what) {
    const auto decide = [what](const attribute_values& now) -> attribute_values {
        const auto& old = now.at("label");
        const auto label = edited_label(old.is_string() ? std::string(old.get_string()) : "",
                                        what.change, what.text);
        return {{"label", label.empty() ? json::value() : json::value(json::string(label))}};
    };
    chosen_edit edit{.remote = what.remote,
                     .selection = what.selection,
                     .heading = heading_of(what),
                     .names = {"label"},
                     .decide = decide,
                     .done = what.change == label_change::clear ? edit_kind::label_cleared
                                                                : edit_kind::labeled};
    co_return co_await edit_chosen(session, std::move(edit));
}

} // namespace outrider
