#include "engine/commands/archiving/moving_runs.hpp"
#include "engine/commands/choosing/named_archives.hpp"
#include "engine/config/guild_home.hpp"

#include <algorithm>

namespace outrider {
namespace {

runs_selected list_of(const std::vector<named_archive>& archives, bool verbose) {
    std::size_t width = 0;
    for (const auto& one : archives) {
        width = std::max(width, one.name.size());
    }
    runs_selected out;
    for (const auto& one : archives) {
        std::string line = one.name;
        if (!one.description.empty()) {
            line += std::string(width - line.size() + 2, ' ') + one.description;
        }
        out.values.push_back(std::move(line));
        if (verbose) {
            out.values.push_back("  path: " + one.directory);
        }
    }
    return out;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, archive_command what) {
    const std::string home = user_home(session.context());
    if (what.list) {
        session.emit(list_of(named_archives(home), what.verbose));
        co_return outcome{};
    }
    if (what.name.empty()) {
        co_return failure(errc::bad_input, "missing argument for NAME");
    }
    auto to = find_archive(home, what.name);
    if (!to && !what.create) {
        co_return failure(errc::not_found, "archive '" + what.name +
                                               "' does not exist\nTry '{program} archive --list' "
                                               "to list available archives or use the '--create' "
                                               "option.");
    }
    auto found = co_await choose_runs_at(session, "", {.selection = what.selection});
    if (!found) {
        co_return found.error();
    }
    auto& rows = found->chosen.rows;
    if (rows.empty()) {
        session.emit(note{.text = "No runs to archive."});
        co_return outcome{};
    }
    if (auto good = what.copy ? result<>() : check_movable(rows); !good) {
        co_return good.error();
    }
    question asked;
    asked.kind = question_kind::change;
    asked.text = std::string("You are about to archive (") + (what.copy ? "copy" : "move") +
                 ") the following runs to '" + what.name + "':";
    asked.runs = rows;
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    if (!to) {
        session.emit(note{.text = "Creating '" + what.name + "'"});
        auto made = create_archive(home, what.name, what.description);
        if (!made) {
            co_return made.error();
        }
        to = std::move(*made);
    }
    const auto went =
        co_await move_runs(session, {.rows = in_order_of(what.selection.runs, std::move(rows)),
                                     .to = to->directory,
                                     .shown = {},
                                     .move = !what.copy});
    if (!went) {
        co_return went.error();
    }
    session.emit(
        note{.text = "Archived " + std::to_string(*went) + " run(s) to '" + what.name + "'"});
    co_return outcome{};
}

} // namespace outrider
