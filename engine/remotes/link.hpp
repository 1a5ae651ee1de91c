#pragma once

#include "engine/config/remote.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/remotes/agent_bootstrap.hpp"
#include "engine/remotes/agent_client.hpp"
#include "engine/remotes/transport.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace outrider {

/// The warm way to one machine: a connection, and on it the control agent and any number of bulk
/// agents. Connects when first used, once for all who ask at the same time; a broken link is made
/// anew by the next use. A ping of our own finds a half-open connection within 15 s. Owned by the
/// `link_pool`; `close` must be awaited.
class link {
  public:
    /// Told when it is made, lost, or cannot be made, and why.
    using change_listener = std::function<void(bool up, const std::string& why)>;
    link(asio::any_io_executor executor, remote to, transport& over, change_listener told = {});
    link(const link&) = delete;
    link& operator=(const link&) = delete;
    ~link();

    /// The agent for requests, replies and followed output. Stays valid until the next `co_await`
    /// that fails with `connect_failed`; shared with whoever else uses the link.
    [[nodiscard]] awaitable<result<std::shared_ptr<agent_client>>> control(connect_context context);
    /// A fresh agent for one bulk transfer; it is closed when nobody holds it any more. Where the
    /// server refuses a further channel (MaxSessions), the control agent serves for both.
    [[nodiscard]] awaitable<result<std::shared_ptr<agent_client>>> bulk(connect_context context);
    /// What the agent said when it was greeted last.
    [[nodiscard]] const protocol::hello& hello() const { return hello_; }
    /// What the login shell did when it was opened last.
    [[nodiscard]] const shell_facts& shell() const { return shell_; }
    /// How many shells the connection gives at once, ours included, by opening them until it
    /// refuses; only after `control`.
    [[nodiscard]] awaitable<result<int>> count_channels();
    [[nodiscard]] const remote& to() const { return to_; }
    [[nodiscard]] const remote_type& type() const { return transport_.type(); }
    /// See `transport::examine`.
    [[nodiscard]] awaitable<std::vector<finding>> examine(connect_context context);
    /// Whether it was intact when last used.
    [[nodiscard]] bool up() const;
    /// Guild home there: absolute, or relative to the home directory.
    [[nodiscard]] const std::string& home() const { return to_.guild_home; }
    awaitable<void> close();

  private:
    awaitable<result<>> ensure_connected(connect_context context);
    awaitable<result<std::shared_ptr<agent_client>>> new_agent(protocol::hello& hello);
    std::shared_ptr<agent_client> own(std::unique_ptr<agent_client> fresh);
    awaitable<void> drop();
    void greet_slurm();
    awaitable<void> run_heartbeat();
    void tell(bool up, const std::string& why) const;

    asio::any_io_executor executor_;
    remote to_;
    transport& transport_;
    std::unique_ptr<connection> connection_;
    std::shared_ptr<agent_client> control_;
    protocol::hello hello_;
    shell_facts shell_;
    task_group tasks_;
    task_group closing_; // agents that nobody holds any more, until their streams have ended
    notifier changed_;
    // Every bulk agent in use keeps a share of it: the heartbeat is quick then.
    std::shared_ptr<void> transfers_ = std::make_shared<char>();
    change_listener told_;
    bool connecting_ = false; // one coroutine connects, the others wait for `changed_`
};

} // namespace outrider
