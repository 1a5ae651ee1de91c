#include "engine/commands/perform_anywhere.hpp"

#include "engine/commands/comparing/compare.hpp"
#include "engine/commands/following/watch.hpp"
#include "engine/commands/several/perform_on_each.hpp"
#include "engine/config/remote_names.hpp"

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
