#include "engine/commands/editing/chosen_edit.hpp"
#include "engine/commands/editing/edit_rules.hpp"

#include <set>

namespace outrider {
namespace {

namespace json = boost::json;

// The words of Guild 0.9.
std::string heading_of(const tag_command& what) {
    return std::string("You are about to modify tags for the following runs:\n") +
           (what.sync_labels ? "Labels are updated to reflect the latest tags."
                             : "Labels are not updated - use --sync-labels to apply changes run "
                               "labels.");
}

attribute_values decide(const tag_command& what, const attribute_values& now) {
    const auto before = strings_of(now.at("tags"));
    const auto after = edited_tags(before, what);
    json::array tags;
    for (const auto& tag : after) {
        tags.emplace_back(json::string(tag));
    }
    attribute_values values{{"tags", tags.empty() ? json::value() : json::value(tags)}};
    if (what.sync_labels) {
        const auto& old = now.at("label");
        const auto label =
            label_for_tags(old.is_string() ? std::string(old.get_string()) : "", before, after);
        values["label"] = label.empty() ? json::value() : json::value(json::string(label));
    }
    return values;
}

awaitable<result<outcome>> list_tags(command_session& session, tag_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen = co_await choose_runs(session, *at, {.selection = what.selection});
    if (!chosen) {
        co_return chosen.error();
    }
    std::set<std::string> tags;
    for (const auto& row : chosen->rows) {
        tags.insert(row.tags.begin(), row.tags.end());
    }
    session.emit(tags_listed{.tags = {tags.begin(), tags.end()}});
    co_return outcome{};
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, tag_command what) {
    if (what.list_all) {
        co_return co_await list_tags(session, std::move(what));
    }
    chosen_edit edit{.remote = what.remote,
                     .selection = what.selection,
                     .heading = heading_of(what),
                     .names = {"tags", "label"},
                     .decide = [what](const attribute_values& now) { return decide(what, now); },
                     .done = edit_kind::tagged};
    co_return co_await edit_chosen(session, std::move(edit));
}

} // namespace outrider
