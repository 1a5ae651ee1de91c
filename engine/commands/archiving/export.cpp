#include "engine/commands/archiving/moving_runs.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/path_text.hpp"

namespace outrider {
namespace {

// A directory that runs are exported to; no project is copied with them in it.
result<> make_export_directory(const std::string& place, const std::string& shown) {
    std::error_code error;
    if (fs::exists(place, error) && !fs::is_directory(place, error)) {
        return failure(errc::bad_input, "'" + shown + "' is not a directory");
    }
    if (auto made = make_directories(place); !made) {
        return made;
    }
    const fs::path marker = fs::path(place) / ".guild-nocopy";
    return fs::exists(marker, error) ? result<>() : write_new_file(marker, "");
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, export_command what) {
    const auto& context = session.context();
    const auto place = absolute_path(what.location, context.directory, user_home(context));
    const bool zip = place.ends_with(".zip");
    std::error_code error;
    if (!zip && fs::exists(place, error) && !fs::is_directory(place, error)) {
        co_return failure(errc::bad_input, "'" + what.location + "' is not a directory");
    }
    auto found = co_await choose_runs_at(session, "", {.selection = what.selection});
    if (!found) {
        co_return found.error();
    }
    auto& rows = found->chosen.rows;
    if (rows.empty()) {
        session.emit(note{.text = "No runs to export."});
        co_return outcome{};
    }
    if (auto good = what.move ? check_movable(rows) : result<>(); !good) {
        co_return good.error();
    }
    question asked;
    asked.kind = question_kind::change;
    asked.text = std::string("You are about to ") + (what.move ? "move" : "copy") +
                 " the following runs to '" + what.location + "':";
    asked.runs = rows;
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    if (what.copy_resources) {
        if (auto agreed = co_await confirm_resources(session); !agreed) {
            co_return agreed.error();
        }
    }
    if (auto made = zip ? make_directories(fs::path(place).parent_path())
                        : make_export_directory(place, what.location);
        !made) {
        co_return made.error();
    }
    const auto went = co_await move_runs(
        session, {.rows = in_order_of(what.selection.runs, std::move(rows)),
                  .to = place,
                  .shown = what.location,
                  .move = what.move,
                  .links = what.copy_resources ? run_links::follow : run_links::keep});
    if (!went) {
        co_return went.error();
    }
    session.emit(note{.text = "Exported " + std::to_string(*went) + " run(s) to " + what.location});
    co_return outcome{};
}

} // namespace outrider
