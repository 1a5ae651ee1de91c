#include "engine/commands/session/perform.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/text/path_text.hpp"

#include <filesystem>
#include <fstream>

namespace outrider {
namespace {

namespace fs = std::filesystem;

/// What `init` did, a line each.
result<std::vector<std::string>> make_home(const fs::path& directory, const std::string& shown) {
    const fs::path home = directory / ".guild";
    const fs::path cache = home / "cache" / "resources";
    std::vector<std::string> lines{"Initializing Guild environment in " + shown};
    std::error_code ec;
    if (fs::exists(cache, ec)) {
        lines.push_back("Resource cache " + cache.string() + " exists, skipping");
    } else if (fs::create_directories(cache, ec); ec) {
        return errno_failure(ec.value(), "cannot make " + cache.string());
    }
    // Source code that a run copies does not include runs.
    const fs::path mark = home / ".guild-nocopy";
    if (!fs::exists(mark, ec) && !std::ofstream(mark)) {
        return errno_failure(errno, "cannot write " + mark.string());
    }
    return lines;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, init_command what) {
    const std::string shown = what.directory.empty() ? "." : what.directory;
    const std::string directory =
        absolute_path(shown, session.context().directory, user_home(session.context()));
    auto made = co_await run_blocking([=] { return make_home(directory, shown); });
    if (!made) {
        co_return made.error();
    }
    for (auto& line : *made) {
        session.emit(note{.text = std::move(line)});
    }
    co_return outcome{};
}

} // namespace outrider
