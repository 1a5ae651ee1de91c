#include "engine/commands/perform_anywhere.hpp"

#include "engine/commands/following/watch.hpp"
#include "engine/commands/several/perform_on_each.hpp"
#include "engine/config/remote_names.hpp"

namespace outrider {
namespace {

// Commands that show, or start, one thing: which of several would it be?
template <class Command>
bool takes_one_machine(const Command&) {
    return false;
}
bool takes_one_machine(const diff_command&) {
    return true;
}
bool takes_one_machine(const open_command&) {
    return true;
}
bool takes_one_machine(const cat_command& what) {
    return what.range.has_value();
}
bool takes_one_machine(const run_command& what) {
    return !what.start.empty() || !what.restart.empty() || !what.proto.empty() ||
           !what.run_id.empty() || !what.run_dir.empty();
}

template <class Command>
awaitable<result<outcome>> perform_on(command_session& session, std::vector<std::string> remotes,
                                      Command what) {
    if constexpr (std::is_same_v<Command, list_command>) {
        return list_on_each(session, std::move(remotes), std::move(what));
    } else if constexpr (std::is_same_v<Command, watch_command>) {
        return watch_on_each(session, std::move(remotes), std::move(what));
    } else {
        const auto act = [](command_session& own, Command one) {
            return perform(own, std::move(one));
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
        co_return co_await perform(session, std::move(what));
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
        // A sync asks the remotes whose runs it finds here.
        if constexpr (requires { one.remote; } && !std::is_same_v<Command, sync_command>) {
            if (!one.remote.empty()) {
                return find_and_perform(session, std::move(one));
            }
        }
        return perform(session, std::move(one));
    };
    co_return co_await std::visit(perform_one, std::move(what));
}

} // namespace outrider
