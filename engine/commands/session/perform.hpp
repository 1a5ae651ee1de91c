#pragma once

#include "engine/commands/session/session.hpp"

#include <optional>
#include <variant>

namespace outrider {

/// What a command ends with: nothing, or an exit status: the operation's for a local `run`, 1 where
/// the events told what is wrong.
using outcome = std::optional<std::int64_t>;

/// Declares `perform(command_session&, Command)`. Each command has one, in the file of its name: it
/// tells its story by events, and returns when there is nothing more to tell.
template <class Command>
struct declares_perform {
    friend awaitable<result<outcome>> perform(command_session& session, Command what);
};
template <class Commands>
struct declares_each_perform;
template <class... Commands>
struct declares_each_perform<std::variant<Commands...>> : declares_perform<Commands>... {};

/// Stands for a session in a call of `perform`, so that those of all commands are found, by its
/// bases: no list of them has to be kept. A command that has none does not link.
class performer : declares_each_perform<command> {
  public:
    explicit performer(command_session& session) : session_(session) {}
    operator command_session&() const { return session_; }

  private:
    command_session& session_;
};

} // namespace outrider
