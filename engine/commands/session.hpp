#pragma once

#include "engine/config/remote.hpp"
#include "engine/engine.hpp"
#include "engine/reactor/awaitable.hpp"
#include "engine/remotes/link_pool.hpp"
#include "engine/sync/transfer_slots.hpp"

#include <functional>
#include <memory>
#include <string>

namespace outrider {

/// One machine as a command uses it: the link, and how the user calls it.
struct target {
    link* over = nullptr;
    std::string remote; ///< the remote's name; empty: this machine
    std::string home;   ///< Guild home there
};

/// What a running command has: its context, the way to tell and to ask its client, and the links.
/// Owned by the engine for the life of the command; used by that command's coroutines only.
class command_session {
  public:
    command_session(command_context context, engine::event_sink sink, engine::answerer answer,
                    link_pool& links, transfer_slots& transfers);

    [[nodiscard]] const command_context& context() const { return context_; }
    void emit(const event& what) { sink_(what); }
    /// Asks yes or no; `aborted` if the person declines. Does not ask with `assume_yes`.
    [[nodiscard]] awaitable<result<>> confirm(question what);
    /// The machine that the user named; this machine for an empty name.
    [[nodiscard]] awaitable<result<target>> find_target(std::string remote_name);
    /// The control agent of a machine, connecting if need be.
    [[nodiscard]] awaitable<result<std::shared_ptr<agent_client>>> agent(const target& at);
    /// A fresh agent of a machine for a bulk transfer.
    [[nodiscard]] awaitable<result<std::shared_ptr<agent_client>>> bulk_agent(const target& at);

    /// The memory that transfers may use.
    [[nodiscard]] transfer_slots& transfers() const { return transfers_; }

    /// What to do instead of being cancelled when the person interrupts; an empty function resets.
    void on_interrupt(std::function<void()> what) { interrupt_ = std::move(what); }
    /// Calls it; false if there is nothing to call.
    bool interrupt();

  private:
    [[nodiscard]] connect_context connecting();

    command_context context_;
    engine::event_sink sink_;
    engine::answerer answer_;
    link_pool& links_;
    transfer_slots& transfers_;
    std::function<void()> interrupt_;
};

/// The remote that stands for this machine.
[[nodiscard]] remote this_machine(const std::string& guild_home);

} // namespace outrider
