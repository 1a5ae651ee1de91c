#include "engine/commands/perform_anywhere.hpp"

#include "engine/commands/comparing/compare.hpp"
#include "engine/commands/following/watch.hpp"
#include "engine/commands/pools/drive_sweep.hpp"
#include "engine/commands/pools/pool_start.hpp"
#include "engine/commands/several/perform_on_each.hpp"
#include "engine/commands/starting/batch_start.hpp"
#include "engine/commands/starting/run_checks.hpp"
#include "engine/config/remote_names.hpp"

#include <type_traits>

namespace outrider {
namespace {

// Commands that show, or start, one thing: which of several would it be?
template <class Command>
bool takes_one_machine(const Command& what) {
    if constexpr (Command::traits.remotes == remote_rule::one_or_each) {
        return what.takes_one_machine();
    } else {
        return Command::traits.remotes == remote_rule::one;
    }
}

// Commands that give one answer of several remotes.
awaitable<result<outcome>> perform_together(command_session& session,
                                            std::vector<std::string> remotes, list_command what) {
    return list_on_each(session, std::move(remotes), std::move(what));
}
awaitable<result<outcome>>
perform_together(command_session& session, std::vector<std::string> remotes, compare_command what) {
    return compare_on_each(session, std::move(remotes), std::move(what));
}
awaitable<result<outcome>> perform_together(command_session& session,
                                            std::vector<std::string> remotes, watch_command what) {
    return watch_on_each(session, std::move(remotes), std::move(what));
}

template <class Command>
awaitable<result<outcome>> perform_on(command_session& session, std::vector<std::string> remotes,
                                      Command what) {
    if constexpr (Command::traits.remotes == remote_rule::together) {
        return perform_together(session, std::move(remotes), std::move(what));
    } else {
        const auto act = [](command_session& own, Command one) {
            return perform(performer{own}, std::move(one));
        };
        return perform_on_each(session, std::move(remotes), std::move(what), act);
    }
}

// What one thing of a command is, as an argument that names a run; empty: none.
template <class Command>
std::string one_run_of(const Command& what) {
    if constexpr (std::is_same_v<Command, run_command>) {
        return !what.restart.empty() ? what.restart : !what.start.empty() ? what.start : what.proto;
    } else if constexpr (requires { what.selection; }) {
        return what.selection.runs.size() == 1 ? what.selection.runs.front() : std::string();
    } else {
        return {};
    }
}

void name_run(run_command& what, const std::string& id) {
    (!what.restart.empty() ? what.restart : !what.start.empty() ? what.start : what.proto) = id;
}
template <class Command>
void name_run(Command& what, const std::string& id) {
    if constexpr (requires { what.selection; }) {
        what.selection.runs = {id};
    }
}

// What is about one run is done on the machine of the pool that has it.
template <class Command>
awaitable<result<outcome>> perform_where_it_is(command_session& session, remote_names pool,
                                               Command what) {
    const auto run = one_run_of(what);
    if (run.empty()) {
        co_return failure(errc::bad_input, "'" + pool.pool +
                                               "' is a pool, and this is done on one machine\n"
                                               "Name the machine with -r, or a run.");
    }
    auto found =
        co_await choose_on_each(session, std::move(pool.names), {.runs = {run}, .filter = {}});
    if (!found) {
        co_return found.error();
    }
    if (found->ids.size() != 1 || found->ids.begin()->second.size() != 1) {
        co_return failure(errc::ambiguous, "'" + run + "' names several runs of " + pool.pool);
    }
    const auto& [remote, ids] = *found->ids.begin();
    name_run(what, ids.front());
    what.remote = remote;
    co_return co_await perform(performer{session}, std::move(what));
}

awaitable<result<outcome>> perform_on_pool(command_session& session, remote_names pool,
                                           run_command what) {
    if (auto good = check_run_command(what); !good) {
        co_return good.error();
    }
    if (is_about_project(what)) {
        what.remote.clear();
        co_return co_await perform(performer{session}, std::move(what));
    }
    co_return takes_one_machine(what)
        ? co_await perform_where_it_is(session, std::move(pool), std::move(what))
        : co_await run_on_pool(session, std::move(pool), std::move(what));
}
template <class Command>
awaitable<result<outcome>> perform_on_pool(command_session& session, remote_names pool,
                                           Command what) {
    if (takes_one_machine(what)) {
        co_return co_await perform_where_it_is(session, std::move(pool), std::move(what));
    }
    co_return co_await perform_on(session, std::move(pool.names), std::move(what));
}

// A run of a list starts on each machine of it, one of a pool on one of them.
template <class Command>
result<> check_list(const remote_names& found, const Command& what) {
    if constexpr (std::is_same_v<Command, run_command>) {
        if (!found.inner_pool.empty()) {
            return failure(errc::bad_input, "'" + what.remote + "' holds the pool " +
                                                found.inner_pool +
                                                " among others\nA run starts on each machine of a "
                                                "list, and on one of a pool: name the pool alone, "
                                                "or the machines.");
        }
    }
    return {};
}

// The remotes of a command are one or several of the configuration's.
template <class Command>
awaitable<result<outcome>> find_and_perform(command_session& session, Command what) {
    const auto settings = session.settings();
    if (!settings) {
        co_return settings.error();
    }
    auto found = find_remote_names(**settings, session.resources().links.types(), what.remote);
    if (!found) {
        co_return found.error();
    }
    if (!found->several) {
        what.remote = std::move(found->names.front());
        co_return co_await perform(performer{session}, std::move(what));
    }
    if (!found->pool.empty()) {
        co_return co_await perform_on_pool(session, std::move(*found), std::move(what));
    }
    if (auto good = check_list(*found, what); !good) {
        co_return good.error();
    }
    if (takes_one_machine(what)) {
        co_return failure(errc::bad_input, "'" + what.remote +
                                               "' names several remotes, and this "
                                               "is done on one at a time");
    }
    co_return co_await perform_on(session, std::move(found->names), std::move(what));
}

} // namespace

awaitable<result<outcome>> perform_anywhere(command_session& session, command what) {
    auto perform_one = [&session]<class Command>(Command one) -> awaitable<result<outcome>> {
        if constexpr (std::is_same_v<Command, run_command>) {
            if (one.operation == sweep_operation) {
                return drive_sweep(session, std::move(one.run_dir));
            }
        }
        constexpr remote_rule rule = Command::traits.remotes;
        if constexpr (rule != remote_rule::none && rule != remote_rule::filter) {
            if (!one.remote.empty()) {
                return find_and_perform(session, std::move(one));
            }
        }
        return perform(performer{session}, std::move(one));
    };
    co_return co_await std::visit(perform_one, std::move(what));
}

} // namespace outrider
