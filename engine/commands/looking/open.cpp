#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/looking/run_file.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/text/shell_words.hpp"

#include <filesystem>

namespace outrider {
namespace {

namespace fs = std::filesystem;

// Programs of this machine see files of this machine.
failure on_a_remote(const open_command& what) {
    const std::string run = what.selection.runs.empty() ? "RUN" : what.selection.runs.front();
    const std::string path = what.path.empty() ? "PATH" : what.path;
    return {errc::unsupported, "runs of a remote cannot be opened\nTo see a file use '{program} "
                               "cat " +
                                   run + " -p " + path + " -r " + what.remote +
                                   "', to copy the run use '{program} pull " + what.remote + " " +
                                   run + "'"};
}

awaitable<result<fs::path>> place_of(command_session& session, const run_at_hand& of,
                                     const open_command& what) {
    const fs::path run = of.run.directory;
    if (what.output) {
        co_return run / ".guild" / "output";
    }
    std::string root;
    if (what.sourcecode) {
        auto found = co_await source_root(session, of);
        if (!found) {
            co_return found.error();
        }
        root = std::move(*found);
    }
    auto path = path_in_run(root, what.path);
    if (!path) {
        co_return path.error();
    }
    // A directory as a whole ends with a slash, as Guild gives it to a program.
    co_return what.path.empty() ? run / *path / "" : run / *path;
}

// A shell starts in the directory, or in that of the file.
program_wanted shell_in(const fs::path& place, const command_context& context) {
    const auto shell = context.environment.find("SHELL");
    const bool set = shell != context.environment.end() && !shell->second.empty();
    const bool directory = fs::is_directory(place);
    return {.words = {set ? shell->second : "/bin/sh"},
            .directory = directory ? place.string() : place.parent_path().string()};
}

result<program_wanted> program_for(const fs::path& place, const open_command& what,
                                   const command_context& context) {
    if (what.shell) {
        return shell_in(place, context);
    }
    program_wanted wanted{.words = {"xdg-open"}, .directory = context.directory};
    if (!what.program.empty()) {
        auto words = shell_split(what.program);
        if (!words || words->empty()) {
            return failure(errc::bad_input, "'" + what.program + "' is not a command");
        }
        wanted.words = std::move(*words);
    }
    wanted.words.push_back(place.string());
    return wanted;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, open_command what) {
    if (!what.remote.empty()) {
        co_return on_a_remote(what);
    }
    auto found = co_await find_one_run(session, "", what.selection);
    if (!found) {
        co_return found.error();
    }
    auto place = co_await place_of(session, *found, what);
    if (!place) {
        co_return place.error();
    }
    std::error_code unseen;
    if (!fs::exists(*place, unseen)) {
        co_return failure(errc::not_found, place->string() + " does not exist");
    }
    auto wanted = program_for(*place, what, session.context());
    if (!wanted) {
        co_return wanted.error();
    }
    session.emit(std::move(*wanted));
    co_return outcome{};
}

} // namespace outrider
