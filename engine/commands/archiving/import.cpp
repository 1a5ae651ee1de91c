#include "engine/commands/archiving/moving_runs.hpp"
#include "engine/commands/archiving/run_zip.hpp"
#include "engine/commands/choosing/named_archives.hpp"
#include "engine/commands/choosing/run_archive.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"

#include <fstream>

namespace outrider {
namespace {

bool is_zip(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    char magic[2] = {};
    return in.read(magic, sizeof magic) && magic[0] == 'P' && magic[1] == 'K';
}

/// One `import`.
class importing {
  public:
    importing(command_session& session, import_command what)
        : session_(session), what_(std::move(what)) {}

    awaitable<result<outcome>> run() {
        if (auto opened = co_await open(); !opened) {
            co_return opened.error();
        }
        auto here = co_await session_.find_target("");
        if (!here) {
            co_return here.error();
        }
        auto there = *here;
        there.home = archive_->home();
        auto chosen = co_await choose_runs(session_, there, {.selection = what_.selection});
        if (!chosen) {
            co_return chosen.error();
        }
        if (chosen->rows.empty()) {
            session_.emit(note{.text = "No runs to import."});
            co_return outcome{};
        }
        if (auto agreed = co_await agree(chosen->rows); !agreed) {
            co_return agreed.error();
        }
        const fs::path runs = resolve_home(here->home, user_home(session_.context())) / "runs";
        if (auto made = make_directories(runs); !made) {
            co_return made.error();
        }
        auto rows = in_order_of(what_.selection.runs, std::move(chosen->rows));
        const auto went = zip_ ? co_await unpack(std::move(rows), runs)
                               : co_await move_runs(session_, moving(std::move(rows), runs));
        if (!went) {
            co_return went.error();
        }
        session_.emit(
            note{.text = "Imported " + std::to_string(*went) + " run(s) from " + what_.archive});
        co_return outcome{};
    }

  private:
    awaitable<result<>> open() {
        const auto& context = session_.context();
        auto place = archive_place(what_.archive, context.directory, user_home(context));
        if (!place) {
            co_return place.error();
        }
        place_ = std::move(*place);
        std::error_code error;
        zip_ = !fs::is_directory(place_, error);
        if (zip_ && !is_zip(place_)) {
            co_return failure(errc::bad_input, "invalid archive " + what_.archive +
                                                   " - expected a directory or a zip file");
        }
        if (zip_ && what_.move) {
            co_return failure(errc::bad_input, "'--move' cannot be used with zip archives");
        }
        auto opened = co_await run_blocking([place = place_] { return run_archive::open(place); });
        if (!opened) {
            co_return opened.error();
        }
        archive_.emplace(std::move(*opened));
        co_return result<>();
    }

    awaitable<result<>> agree(const std::vector<run_row>& rows) {
        question asked;
        asked.kind = question_kind::change;
        asked.text = std::string("You are about to import (") + (what_.move ? "move" : "copy") +
                     ") the following runs from '" + what_.archive + "':";
        asked.runs = rows;
        if (auto agreed = co_await session_.confirm(std::move(asked)); !agreed) {
            co_return agreed.error();
        }
        co_return what_.copy_resources ? co_await confirm_resources(session_) : result<>();
    }

    runs_to_move moving(std::vector<run_row> rows, const fs::path& runs) const {
        for (auto& row : rows) {
            std::error_code error; // a home of links is what is listed of a directory of runs
            const auto real = fs::canonical(fs::path(archive_->home()) / "runs", error);
            row.directory = (error ? fs::path(archive_->home()) / "runs" : real) / row.id;
        }
        return {.rows = std::move(rows),
                .to = runs,
                .shown = {},
                .move = what_.move,
                .links = what_.copy_resources ? run_links::follow : run_links::keep};
    }

    awaitable<result<int>> unpack(std::vector<run_row> rows, fs::path runs) {
        int count = 0;
        for (const auto& row : rows) {
            const fs::path to = runs / row.id;
            std::error_code error;
            if (fs::exists(to, error)) {
                session_.emit(note{.warning = true, .text = row.id + " exists, skipping"});
                continue;
            }
            session_.emit(note{.text = "Copying " + row.id});
            auto taken = co_await run_blocking(
                [place = place_, id = row.id, to] { return take_from_zip(place, id, to); });
            if (!taken) {
                co_return taken.error();
            }
            ++count;
        }
        co_return count;
    }

    command_session& session_;
    import_command what_;
    std::string place_;
    bool zip_ = false;
    std::optional<run_archive> archive_;
};

} // namespace

awaitable<result<outcome>> perform(command_session& session, import_command what) {
    importing one(session, std::move(what));
    co_return co_await one.run();
}

} // namespace outrider
