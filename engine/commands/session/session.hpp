#pragma once

#include "engine/api/engine_access.hpp"
#include "engine/config/config.hpp"
#include "engine/reactor/awaitable.hpp"
#include "engine/resources/engine_resources.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace outrider {

/// One machine as a command uses it: the link, what the command's own configuration says of it, and
/// how the user calls it. The link lives on when the configuration changes: `over->to()` tells only
/// how the machine is reached.
struct target {
    link* over = nullptr;
    remote to;
    std::string remote; ///< the remote's name; empty: this machine
    std::string home;   ///< Guild home there
    /// What makes a run a job there; nothing: runs are processes.
    std::optional<protocol::slurm_job> job;
    bool job_as_recorded = true; ///< a run that is there starts again as the job that it was
};

/// What a running command has: its context, the way to tell and to ask its client, and the links.
/// Owned by the engine for the life of the command, or by the command that does the same on each of
/// several remotes; used by that command's coroutines only.
class command_session {
  public:
    /// Told of an event, and which of several remotes it is about; empty: of one.
    using teller = std::function<void(const event& what, const std::string& remote)>;
    /// Puts a question; gives "yes", a secret, or nothing.
    using asker = std::function<awaitable<std::optional<std::string>>(question asked)>;

    /// The session of a command of `client`.
    command_session(command_context context, command_client client, engine_resources& resources);
    /// A part of `whole`: the same command on one of its remotes. Ends before `whole` does. Yes or
    /// no is asked through `confirming`; secrets are asked as `whole` does.
    command_session(const command_session& whole, teller tell, asker confirming);

    [[nodiscard]] const command_context& context() const { return context_; }
    /// Tells the client.
    void emit(const event& what) { tell_(what, {}); }
    /// Tells the client what is about one of several remotes.
    void emit(const event& what, const std::string& remote) { tell_(what, remote); }
    /// Whether the client reads more slowly than it is told: who tells of content has to wait, in
    /// `catch_up`, without holding up a channel that others use.
    [[nodiscard]] bool client_is_behind() const { return client_.behind && client_.behind(); }
    /// Waits until the client has caught up, or the person interrupts.
    [[nodiscard]] awaitable<void> catch_up();
    /// Asks yes or no; `aborted` if the person declines. Does not ask with `assume_yes`.
    [[nodiscard]] awaitable<result<>> confirm(question what);
    /// The same where a no is an answer like another: false. `aborted` if nobody answers.
    [[nodiscard]] awaitable<result<bool>> agree(question what);
    /// Puts a question of yes or no, whatever `assume_yes` says.
    [[nodiscard]] awaitable<std::optional<std::string>> put(question what) {
        return confirm_(std::move(what));
    }
    /// The user's configuration, read once for a command.
    [[nodiscard]] result<std::shared_ptr<const config>> settings();
    /// The machine that the user named; this machine for an empty name.
    [[nodiscard]] awaitable<result<target>> find_target(std::string remote_name);
    /// The control agent of a machine, connecting if need be.
    [[nodiscard]] awaitable<result<std::shared_ptr<agent_client>>> agent(const target& at);
    /// A fresh agent of a machine for a bulk transfer.
    [[nodiscard]] awaitable<result<std::shared_ptr<agent_client>>> bulk_agent(const target& at);

    /// What is wrong with the user's own settings for a machine; does not connect.
    [[nodiscard]] awaitable<std::vector<finding>> examine(const target& at);

    /// What all commands of the engine share.
    [[nodiscard]] engine_resources& resources() const { return resources_; }
    /// The memory that transfers may use.
    [[nodiscard]] transfer_slots& transfers() const { return resources_.transfers; }

    /// The command changes runs, or tells of their ends: what a service remembers of the machines
    /// that it uses is invalid from then on, until they were looked at again.
    void outdates_memory() { outdated_ = std::make_shared<std::set<link*>>(); }
    /// The same once more when the command has ended.
    void invalidate_memory();

    /// What to do instead of being cancelled when the person interrupts; an empty function resets.
    void on_interrupt(std::function<void()> what) { interrupt_ = std::move(what); }
    /// Calls it; false if there is nothing to call.
    bool interrupt();

  private:
    [[nodiscard]] connect_context connecting();

    command_context context_;
    command_client client_;
    teller tell_;
    asker confirm_;
    asker ask_secret_;
    engine_resources& resources_;
    std::shared_ptr<const config> settings_; // once they were read
    std::function<void()> interrupt_;
    std::function<void()> stop_waiting_;        // for the client
    std::shared_ptr<std::set<link*>> outdated_; // shared with its parts; null: it does not
};

} // namespace outrider
