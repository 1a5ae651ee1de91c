#include "engine/commands/session/perform.hpp"
#include "engine/commands/starting/downloads.hpp"
#include "engine/project/resource_cache.hpp"
#include "engine/reactor/blocking.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, download_command what) {
    auto here = co_await session.find_target({});
    if (!here) {
        co_return here.error();
    }
    const auto made = co_await make_download(session, *here, {.url = what.url});
    if (!made.reason.empty()) {
        co_return failure(errc::io_failed, "error downloading " + what.url + ": " + made.reason);
    }
    const auto hash = co_await run_blocking([path = made.path] { return file_sha256(path); });
    if (!hash) {
        co_return hash.error();
    }
    session.emit(output_bytes{.bytes = *hash + "  " + made.path + "\n"});
    co_return outcome{};
}

} // namespace outrider
