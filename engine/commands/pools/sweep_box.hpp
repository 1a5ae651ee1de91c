#pragma once

#include "engine/commands/pools/placement.hpp"
#include "engine/commands/pools/pool_sweep.hpp"
#include "engine/commands/session/session.hpp"
#include "engine/project/source_files.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/retry_policy.hpp"
#include "engine/remotes/agent_client.hpp"

#include <boost/asio/steady_timer.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace outrider {

/// The files of the packages that trials need, from the cache of this machine's agent, read once.
class sweep_packages {
  public:
    explicit sweep_packages(std::string cache) : cache_(std::move(cache)) {}
    /// `not_found` where the package is not there any more.
    [[nodiscard]] awaitable<result<const std::vector<source_file>*>> files(std::string package);

  private:
    std::string cache_;
    std::map<std::string, std::vector<source_file>> read_;
};

/// One machine of a sweep, over as many connections as it takes: stages trials there, keeps a queue
/// that starts them, and tells the sweep what has become of them. The machine is watched, not asked
/// again and again. Owned by the driver, ended by the sweep's end.
class sweep_box {
  public:
    /// `index`: of the machine in the sweep's pool.
    sweep_box(command_session& session, pool_sweep& sweep, sweep_packages& packages,
              std::size_t index, const asio::any_io_executor& executor);
    sweep_box(const sweep_box&) = delete;
    sweep_box& operator=(const sweep_box&) = delete;

    [[nodiscard]] awaitable<void> run();
    /// The sweep has changed.
    void wake();
    /// It takes no trials: its machine cannot have any, or does not let us in. Why was said.
    [[nodiscard]] bool is_out() const { return out_; }
    [[nodiscard]] const std::string& name() const;

  private:
    awaitable<result<>> over_one_connection();
    awaitable<result<>> watch(exchange& listing);
    awaitable<result<>> work(agent_client& agent);
    awaitable<result<>> look_at_machine(agent_client& agent);
    awaitable<result<>> refresh();
    awaitable<result<>> place_all(agent_client& agent);
    awaitable<result<>> place(agent_client& agent, std::size_t i);
    awaitable<result<>> keep_queue(agent_client& agent);
    awaitable<result<>> unstage(agent_client& agent);
    awaitable<result<>> end_running(agent_client& agent);
    awaitable<void> after(const failure& why);
    void leave(const std::string& why);
    [[nodiscard]] sweep_share& share() { return sweep_.share(index_); }

    command_session& session_;
    pool_sweep& sweep_;
    sweep_packages& packages_;
    std::size_t index_;
    notifier wake_;
    asio::steady_timer pause_;
    bool woken_ = false;
    std::optional<target> at_;
    protocol::slot_rules rules_;
    retry_policy retries_;
    bool said_lost_ = false; // the link
    bool out_ = false;
    bool watched_ = false;         // what changes is told from now on
    bool told_end_ = false;        // its running trials were asked to end
    std::set<std::string> waited_; // when the last queue began
    int idle_queues_ = 0;          // that ended one after the other, and no trial has begun
};

} // namespace outrider
