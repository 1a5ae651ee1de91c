#include "engine/commands/choose_runs.hpp"
#include "engine/commands/file_listing.hpp"
#include "engine/commands/perform.hpp"
#include "engine/runs/path_pattern.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, ls_command what) {
    if (what.path.starts_with('/')) {
        co_return failure(errc::bad_input,
                          "PATH must be relative\nTry '{program} {command} --help' for more "
                          "information.");
    }
    auto found = co_await find_one_run(session, what.remote, what.selection);
    if (!found) {
        co_return found.error();
    }
    auto files = co_await fetch_file_list(
        *found->agent,
        {.home = found->at.home, .run_id = found->run.id, .follow_links = what.follow_links});
    if (!files) {
        co_return files.error();
    }
    session.emit(files_listed{.directory = std::move(files->directory),
                              .paths = choose_paths(files->entries, what.path, what.all)});
    co_return outcome{};
}

} // namespace outrider
