#include "engine/commands/editing/chosen_edit.hpp"
#include "engine/commands/editing/edit_rules.hpp"
#include "engine/flags/run_label.hpp"

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
    case label_change::remove: {
        std::string parts;
        for (const auto& part : what.parts) {
            parts += (parts.empty() ? "'" : ", '") + part + "'";
        }
        return "You are about to remove " + parts + " from the labels of the following runs:";
    }
    case label_change::clear:
        break;
    }
    return "You are about to clear the labels of the following runs:";
}

// `${flag}` and `${label}` stand for what the run has.
std::string text_for(const std::string& text, const std::string& label,
                     const attribute_values& now) {
    flag_map names;
    if (const auto* flags = now.at("flags").if_object()) {
        for (const auto& [name, value] : *flags) {
            names.emplace(name, value);
        }
    }
    names["label"] = json::string(label);
    return label_from(text, names, "");
}

attribute_values decide_label(const label_command& what, const attribute_values& now) {
    const auto& old = now.at("label");
    std::string label = old.is_string() ? std::string(old.get_string()) : "";
    if (what.change == label_change::remove) {
        for (const auto& part : what.parts) {
            label = edited_label(label, what.change, part);
        }
    } else {
        label = edited_label(label, what.change, text_for(what.text, label, now));
    }
    return {{"label", label.empty() ? json::value() : json::value(json::string(label))}};
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, label_command what) {
    chosen_edit edit{
        .remote = what.remote,
        .selection = what.selection,
        .heading = heading_of(what),
        .names = {"label", "flags"},
        .decide = [what](const attribute_values& now) { return decide_label(what, now); },
        .done = what.change == label_change::clear ? edit_kind::label_cleared : edit_kind::labeled};
    co_return co_await edit_chosen(session, std::move(edit));
}

} // namespace outrider
