#pragma once

#include "engine/api/commands.hpp"
#include "engine/fleet/run_memory.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/remotes/link_pool.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace outrider {

class machine_watch;

/// Keeps the memory true: one task for each machine that was asked of this service, over its warm
/// link. A lost link is made anew with growing pauses, at once when the machine wakes from sleep or
/// a command asks; a failure that needs a person is left to the next command. Ends when nobody has
/// asked for `idle_limit`, unless a standing job needs it. A part of `known_machines`.
class machine_watches {
  public:
    machine_watches(asio::any_io_executor executor, run_memory& memory,
                    std::chrono::milliseconds idle_limit);
    machine_watches(const machine_watches&) = delete;
    machine_watches& operator=(const machine_watches&) = delete;
    ~machine_watches();

    /// A command reached the machine: it is watched from now on, in the command's context.
    void reached(link& over, const command_context& context);
    /// A command tells of it from memory.
    void recalled(link& over, const command_context& context);
    /// A command could not reach it: the watch begins with a pause, unless it goes on already.
    void failed(link& over, const command_context& context, const failure& why);
    /// A command may have changed runs there: the memory is invalid until they were listed anew.
    void invalidate(link& over);
    /// A standing job needs the machine watched, until `release`.
    void need(link& over, const command_context& context, const std::string& job);
    void release(const std::string& job);
    /// Ends all watches.
    awaitable<void> close();

  private:
    friend class machine_watch;
    machine_watch& watch_of(link& over, const command_context& context);

    asio::any_io_executor executor_;
    run_memory& memory_;
    std::chrono::milliseconds idle_limit_;
    std::map<std::string, std::shared_ptr<machine_watch>> watches_; // by link_key
    task_group tasks_;
    bool closing_ = false;
};

} // namespace outrider
