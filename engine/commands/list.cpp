#include "engine/commands/choose_runs.hpp"
#include "engine/commands/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, list_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen = co_await choose_runs(
        session, *at, {.selection = what.selection, .newest = what.limit, .deleted = what.deleted});
    if (!chosen) {
        co_return chosen.error();
    }
    runs_listed listing{.rows = std::move(chosen->rows), .total = chosen->total};
    if (!what.selection.runs.empty()) {
        listing.total = static_cast<std::int64_t>(listing.rows.size());
        if (what.limit > 0 && listing.total > what.limit) {
            listing.rows.resize(static_cast<std::size_t>(what.limit));
        }
    }
    session.emit(listing);
    co_return outcome{};
}

} // namespace outrider
