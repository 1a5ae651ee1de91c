#include "engine/commands/archiving/moving_runs.hpp"

#include "engine/commands/archiving/run_zip.hpp"
#include "engine/reactor/blocking.hpp"

#include <algorithm>
#include <filesystem>

namespace outrider {
namespace {

namespace fs = std::filesystem;

bool names_row(const std::string& argument, const run_row& row) {
    return row.id.starts_with(argument) || argument == std::to_string(row.index);
}

void tell_skipped(command_session& session, const std::string& id,
                  const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
        session.emit(note{.warning = true, .text = id + ": " + path + " is no file, left out"});
    }
}

} // namespace

std::vector<run_row> in_order_of(const std::vector<std::string>& arguments,
                                 std::vector<run_row> rows) {
    std::vector<run_row> out;
    for (const auto& argument : arguments) {
        const auto found = std::ranges::find_if(
            rows, [&](const run_row& row) { return names_row(argument, row); });
        if (found != rows.end()) {
            out.push_back(std::move(*found));
            rows.erase(found);
        }
    }
    std::ranges::move(rows, std::back_inserter(out)); // of ranges
    return out;
}

result<> check_movable(const std::vector<run_row>& rows) {
    for (const auto& row : rows) {
        if (row.state == run_state::running && row.remote.empty()) {
            return failure(errc::conflict, "run " + row.id + " is running\nUse '{program} stop " +
                                               row.id + "' to stop it first, or copy it.");
        }
    }
    return {};
}

awaitable<result<int>> move_runs(command_session& session, runs_to_move what) {
    const bool zip = what.to.ends_with(".zip");
    std::vector<std::string> there;
    if (zip) {
        auto ids = co_await run_blocking([to = what.to] { return runs_in_zip(to); });
        if (!ids) {
            co_return ids.error();
        }
        there = std::move(*ids);
    }
    int count = 0;
    std::vector<fs::path> to_zip;
    for (const auto& row : what.rows) {
        const fs::path from = row.directory;
        const fs::path to = fs::path(what.to) / row.id;
        std::error_code error;
        if (zip ? std::ranges::find(there, row.id) != there.end() : fs::exists(to, error)) {
            const std::string shown =
                what.shown.empty() || zip ? row.id : (fs::path(what.shown) / row.id).native();
            session.emit(note{.warning = true, .text = shown + " exists, skipping"});
            continue;
        }
        session.emit(note{.text = (what.move ? "Moving " : "Copying ") + row.id});
        ++count;
        if (zip) {
            to_zip.push_back(from);
            continue;
        }
        auto went = co_await run_blocking([from, to, what] {
            return what.move ? move_run_tree(from, to, what.links)
                             : copy_run_tree(from, to, what.links);
        });
        if (!went) {
            co_return went.error();
        }
        tell_skipped(session, row.id, *went);
    }
    if (!to_zip.empty()) {
        auto added =
            co_await run_blocking([to = what.to, to_zip] { return add_to_zip(to, to_zip); });
        if (!added) {
            co_return added.error();
        }
        for (const auto& run : to_zip) {
            std::error_code error;
            if (what.move) {
                fs::remove_all(run, error); // it is in the zip file, whole
            }
        }
    }
    co_return count;
}

awaitable<result<>> confirm_resources(command_session& session) {
    question asked;
    asked.kind = question_kind::copy_resources;
    co_return co_await session.confirm(std::move(asked));
}

} // namespace outrider
