#include "engine/commands/editing/chosen_edit.hpp"
#include "engine/commands/editing/edit_rules.hpp"

#include <array>
#include <chrono>

#include <pwd.h>
#include <unistd.h>

namespace outrider {
namespace {

namespace json = boost::json;

// As Guild names a machine: $HOST, otherwise what the machine calls itself.
std::string host_of(const command_context& context) {
    if (const auto host = context.environment.find("HOST"); host != context.environment.end()) {
        return host->second;
    }
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// $USER as Guild does, otherwise the login name.
std::string user_of(const command_context& context) {
    if (const auto user = context.environment.find("USER"); user != context.environment.end()) {
        return user->second;
    }
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : "";
}

json::object entry_of(const comment_command& what, const command_context& context) {
    const auto at = what.user.find('@');
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    json::object entry;
    entry["body"] = *what.add;
    entry["host"] = at == std::string::npos ? host_of(context) : what.user.substr(at + 1);
    entry["time"] = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    entry["user"] = what.user.empty() ? user_of(context) : what.user.substr(0, at);
    return entry;
}

attribute_values with_comments(json::array list) {
    return {{"comments", list.empty() ? json::value() : json::value(std::move(list))}};
}

json::array list_of(const attribute_values& now) {
    const auto* list = now.at("comments").if_array();
    return list != nullptr ? *list : json::array();
}

attribute_decision decision_of(const comment_command& what, const command_context& context) {
    if (what.add) {
        return [entry = entry_of(what, context)](const attribute_values& now) {
            auto list = list_of(now);
            list.emplace_back(entry);
            return with_comments(std::move(list));
        };
    }
    if (what.remove) {
        return [index = *what.remove](const attribute_values& now) {
            auto list = list_of(now);
            if (index >= 1 && index <= static_cast<std::int64_t>(list.size())) {
                list.erase(list.begin() + (index - 1));
            }
            return with_comments(std::move(list));
        };
    }
    return [](const attribute_values&) { return with_comments({}); };
}

// The chosen runs that have a comment of this number; the others are named.
awaitable<result<run_selection>> with_comment(command_session& session, const comment_command& what,
                                              std::int64_t number) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen = co_await choose_edited(session, *at, what.selection);
    if (!chosen || chosen->rows.empty()) {
        co_return chosen ? result<run_selection>(what.selection) : chosen.error();
    }
    std::vector<std::string> ids;
    for (const auto& row : chosen->rows) {
        ids.push_back(row.id);
    }
    auto values = co_await read_attributes(session, *at, std::move(ids), {"comments"});
    if (!values) {
        co_return values.error();
    }
    run_selection with;
    for (const auto& row : chosen->rows) {
        const auto found = values->find(row.id);
        if (found != values->end() &&
            static_cast<std::int64_t>(list_of(found->second).size()) >= number) {
            with.runs.push_back(row.id);
            continue;
        }
        auto told = "run " + row.id + " has no comment " + std::to_string(number);
        if (chosen->rows.size() == 1) {
            co_return failure(errc::not_found, std::move(told));
        }
        session.emit(note{.warning = true, .text = std::move(told)});
    }
    if (with.runs.empty()) {
        co_return failure(errc::not_found,
                          "none of the runs has a comment " + std::to_string(number));
    }
    co_return with;
}

awaitable<result<outcome>> list_comments(command_session& session, comment_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen = co_await choose_edited(session, *at, std::move(what.selection));
    if (!chosen) {
        co_return chosen.error();
    }
    std::vector<std::string> ids;
    for (const auto& row : chosen->rows) {
        ids.push_back(row.id);
    }
    if (ids.empty()) {
        session.emit(nothing_selected{nothing_to::change});
        co_return outcome{};
    }
    auto values = co_await read_attributes(session, *at, std::move(ids), {"comments"});
    if (!values) {
        co_return values.error();
    }
    for (auto& row : chosen->rows) {
        const auto found = values->find(row.id);
        if (found != values->end()) {
            session.emit(comments_listed{.run = std::move(row),
                                         .comments = comments_of(found->second.at("comments"))});
        }
    }
    co_return outcome{};
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, comment_command what) {
    if (!what.add && !what.remove && !what.clear) {
        co_return co_await list_comments(session, std::move(what));
    }
    chosen_edit edit{.remote = what.remote,
                     .selection = what.selection,
                     .heading =
                         "WARNING: You are about to delete ALL comments from the following runs:",
                     .names = {"comments"},
                     .decide = decision_of(what, session.context()),
                     .done = edit_kind::comments_deleted,
                     .asked = question_kind::change_for_good};
    if (what.add || what.remove) {
        edit.asked = question_kind::change;
    }
    if (what.add) {
        edit.heading = "You are about to add a comment to the following runs:";
        edit.done = edit_kind::comment_added;
    } else if (what.remove) {
        auto with = co_await with_comment(session, what, *what.remove);
        if (!with) {
            co_return with.error();
        }
        edit.selection = std::move(*with);
        edit.heading = "You are about to delete comment " + std::to_string(*what.remove) +
                       " from the following runs:";
        edit.done = edit_kind::comment_deleted;
    }
    co_return co_await edit_chosen(session, std::move(edit));
}

} // namespace outrider
