#include "engine/commands/choose_runs.hpp"
#include "engine/commands/perform.hpp"
#include "engine/commands/run_details.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, list_command what) {
    run_query query{.selection = what.selection, .newest = what.limit, .deleted = what.deleted};
    if (what.details) {
        query.attributes = detail_attributes();
    }
    auto found = co_await choose_runs_at(session, what.remote, std::move(query));
    if (!found) {
        co_return found.error();
    }
    runs_listed listing{.rows = std::move(found->chosen.rows), .total = found->chosen.total};
    for (std::size_t i = 0; i < found->chosen.facts.size(); ++i) {
        listing.details.push_back(detail_of(found->chosen.facts[i]));
        listing.details.back().row = listing.rows[i];
        if (!what.comments) {
            listing.details.back().comments.clear();
        }
    }
    session.emit(listing);
    co_return outcome{};
}

} // namespace outrider
