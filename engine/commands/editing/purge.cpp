#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/editing/edit_rules.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/protocol/edit_messages.hpp"

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto purge_limit = 10min; // large run directories on slow disks

} // namespace

awaitable<result<outcome>> perform(command_session& session, purge_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen =
        co_await choose_runs(session, *at, {.selection = what.selection, .deleted = true});
    if (!chosen) {
        co_return chosen.error();
    }
    if (chosen->rows.empty()) {
        session.emit(nothing_selected{nothing_to::purge});
        co_return outcome{};
    }
    protocol::purge_runs request;
    request.home = at->home;
    for (const auto& row : chosen->rows) {
        request.ids.push_back(row.id);
    }
    question asked;
    asked.kind = question_kind::purge;
    asked.remote = at->remote;
    asked.runs = std::move(chosen->rows);
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    auto agent = co_await session.agent(*at);
    if (!agent) {
        co_return agent.error();
    }
    auto deleted = co_await (*agent)->call(std::move(request), purge_limit);
    if (!deleted) {
        co_return deleted.error();
    }
    session.emit(deletion_of(*deleted, true));
    co_return outcome{};
}

} // namespace outrider
