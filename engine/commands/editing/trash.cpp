#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/editing/edit_rules.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/protocol/edit_messages.hpp"

#include <optional>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto purge_limit = 10min; // large run directories on slow disks
constexpr auto restore_limit = 60s; // a rename each, ten thousand of them on a slow disk

/// What is done with runs in the trash of a machine.
struct trash_edit {
    std::string remote;
    run_selection selection;
    nothing_to nothing;  ///< what is told where no run is chosen
    question_kind asked; ///< before anything is done
    std::chrono::milliseconds limit;
};

/// Chooses the runs, asks, and has it done; nothing if there was nothing to do.
template <class Request>
awaitable<result<std::optional<typename Request::reply>>> edit_trash(command_session& session,
                                                                     trash_edit what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto chosen = co_await choose_runs(session, *at,
                                       {.selection = std::move(what.selection), .deleted = true});
    if (!chosen) {
        co_return chosen.error();
    }
    if (chosen->rows.empty()) {
        session.emit(nothing_selected{what.nothing});
        co_return std::nullopt;
    }
    Request request;
    request.home = at->home;
    for (const auto& row : chosen->rows) {
        request.ids.push_back(row.id);
    }
    question asked;
    asked.kind = what.asked;
    asked.remote = at->remote;
    asked.runs = std::move(chosen->rows);
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    auto agent = co_await session.agent(*at);
    if (!agent) {
        co_return agent.error();
    }
    auto done = co_await (*agent)->call(std::move(request), what.limit);
    if (!done) {
        co_return done.error();
    }
    co_return std::move(*done);
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, purge_command what) {
    auto purged =
        co_await edit_trash<protocol::purge_runs>(session, {.remote = std::move(what.remote),
                                                            .selection = std::move(what.selection),
                                                            .nothing = nothing_to::purge,
                                                            .asked = question_kind::purge,
                                                            .limit = purge_limit});
    if (!purged) {
        co_return purged.error();
    }
    if (*purged) {
        session.emit(deletion_of(**purged, true));
    }
    co_return outcome{};
}

awaitable<result<outcome>> perform(command_session& session, restore_command what) {
    auto restored = co_await edit_trash<protocol::restore_runs>(
        session, {.remote = std::move(what.remote),
                  .selection = std::move(what.selection),
                  .nothing = nothing_to::restore,
                  .asked = question_kind::restore,
                  .limit = restore_limit});
    if (!restored) {
        co_return restored.error();
    }
    if (*restored) {
        const auto count = static_cast<std::int64_t>((*restored)->restored.size());
        session.emit(runs_restored{.count = count});
    }
    co_return outcome{};
}

} // namespace outrider
