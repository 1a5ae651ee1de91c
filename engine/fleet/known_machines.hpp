#pragma once

#include "engine/fleet/machine_watch.hpp"
#include "engine/fleet/news.hpp"
#include "engine/fleet/run_memory.hpp"

#include <chrono>
#include <functional>

namespace outrider {

/// What a service knows of the machines that its commands are about, and what keeps that true.
/// Changes of runs are news. Owned by `engine_resources` from the begin of the service to the end
/// of the engine; one thread.
class known_machines {
  public:
    /// Nobody asked for a machine for `idle_limit`: it is forgotten.
    known_machines(const asio::any_io_executor& executor, news_hub& news,
                   std::chrono::milliseconds idle_limit);

    /// Told of each machine of which the memory changed; may not change it.
    using change_listener = std::function<void(const machine_memory&)>;
    void on_change(change_listener told) { told_ = std::move(told); }
    /// Ends all watches and forgets the machines; none is watched from then on.
    [[nodiscard]] awaitable<void> close();

    run_memory memory;
    machine_watches watches;

  private:
    change_listener told_;
};

} // namespace outrider
