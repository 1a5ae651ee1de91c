#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/choosing/named_archives.hpp"
#include "engine/commands/choosing/run_archive.hpp"
#include "engine/commands/choosing/run_details.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/reactor/blocking.hpp"

namespace outrider {
namespace {

awaitable<result<runs_at_hand>> choose_archived(command_session& session, std::string archive,
                                                run_query query) {
    const auto& context = session.context();
    const auto path = archive_place(archive, context.directory, user_home(context));
    if (!path) {
        co_return path.error();
    }
    auto opened = co_await run_blocking([path = *path] { return run_archive::open(path); });
    if (!opened) {
        co_return opened.error();
    }
    auto at = co_await session.find_target("");
    if (!at) {
        co_return at.error();
    }
    at->home = opened->home();
    auto chosen = co_await choose_runs(session, *at, std::move(query));
    if (!chosen) {
        co_return chosen.error();
    }
    co_return runs_at_hand{.at = std::move(*at), .chosen = std::move(*chosen)};
}

runs_listed listing_of(chosen_runs chosen, bool comments) {
    runs_listed listing{.rows = std::move(chosen.rows), .total = chosen.total};
    if (chosen.recalled) {
        listing.remembered.push_back(std::move(*chosen.recalled));
    }
    for (std::size_t i = 0; i < chosen.facts.size(); ++i) {
        auto& detail = listing.details.emplace_back(detail_of(chosen.facts[i]));
        detail.row = listing.rows[i];
        if (!comments) {
            detail.comments.clear();
        }
    }
    return listing;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, list_command what) {
    if (!what.archive.empty() && !what.remote.empty()) {
        co_return failure(errc::bad_input, "--archive and --remote cannot both be used");
    }
    run_query query{.selection = what.selection,
                    .newest = what.limit,
                    .deleted = what.deleted,
                    .may_recall = !what.fresh};
    if (what.details) {
        query.attributes = detail_attributes();
    }
    auto found = what.archive.empty()
                     ? co_await choose_runs_at(session, what.remote, std::move(query))
                     : co_await choose_archived(session, what.archive, std::move(query));
    if (!found) {
        co_return found.error();
    }
    session.emit(listing_of(std::move(found->chosen), what.comments));
    co_return outcome{};
}

} // namespace outrider
