#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/copying/copying.hpp"
#include "engine/commands/session/perform.hpp"

namespace outrider {

// The local runs are looked at first: without any, nothing is said of the remote (FORMAT.md 5.4).
awaitable<result<outcome>> perform(command_session& session, push_command what) {
    auto here = co_await session.find_target({});
    if (!here) {
        co_return here.error();
    }
    auto chosen = co_await choose_runs(session, *here, {.selection = what.selection});
    if (!chosen) {
        co_return chosen.error();
    }
    if (chosen->rows.empty()) {
        session.emit(note{.text = "No runs to copy."});
        co_return outcome{};
    }
    auto far = co_await session.find_target(what.remote);
    if (!far) {
        co_return far.error();
    }
    // LOCK stays here: it names a process of this machine. What the copy of a run that is running
    // here says is where that is, as a pull would have it.
    copy_route by{.from = *here,
                  .to = *far,
                  .lock_name = here->over->hello().machine.host_name,
                  .keep_lock_name = true,
                  .delete_extra = what.delete_extra,
                  .dry_run = what.dry_run};
    if (auto agreed = co_await confirm_copy(session, question_kind::push, by, chosen->rows);
        !agreed) {
        co_return agreed.error();
    }
    auto pushed = co_await copy_runs(session, std::move(by), std::move(chosen->rows));
    if (!pushed) {
        co_return pushed.error();
    }
    co_return outcome{};
}

} // namespace outrider
