#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/copying/copying.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/reactor/both.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, pull_command what) {
    auto far = co_await session.find_target(what.remote);
    if (!far) {
        co_return far.error();
    }
    auto here = co_await session.find_target({});
    if (!here) {
        co_return here.error();
    }
    session.emit(note{.text = "Getting run info on " + far->remote});
    // The agent here starts while the far one is asked.
    auto [chosen, ready] = co_await both(choose_runs(session, *far, {.selection = what.selection}),
                                         session.agent(*here));
    if (!chosen || !ready) {
        co_return chosen ? ready.error() : chosen.error();
    }
    if (chosen->rows.empty()) {
        session.emit(note{.text = "No runs to copy."});
        co_return outcome{};
    }
    copy_route by{.from = *far,
                  .to = *here,
                  .lock_name = far->remote,
                  .delete_extra = what.delete_extra,
                  .dry_run = what.dry_run};
    if (auto agreed = co_await confirm_copy(session, question_kind::pull, by, chosen->rows);
        !agreed) {
        co_return agreed.error();
    }
    auto pulled = co_await copy_runs(session, std::move(by), std::move(chosen->rows));
    if (!pulled) {
        co_return pulled.error();
    }
    co_return outcome{};
}

} // namespace outrider
