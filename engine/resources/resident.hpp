#pragma once

#include "engine/api/command_queue.hpp"
#include "engine/reactor/awaitable.hpp"
#include "engine/resources/engine_resources.hpp"

namespace outrider {

/// What lives in an engine beside its commands: the server of a socket, the service with its jobs.
/// The engine owns it, and runs as long as one of them does.
class resident {
  public:
    resident() = default;
    resident(const resident&) = delete;
    resident& operator=(const resident&) = delete;
    virtual ~resident() = default;

    /// Runs until `stop` was called; then it ends in a bounded time. A failure is logged and ends
    /// the engine. Both arguments outlive the resident.
    [[nodiscard]] virtual awaitable<result<>> run(command_queue& commands,
                                                  engine_resources& with) = 0;
    /// Asks it to end. On the reactor's thread.
    virtual void stop() = 0;
};

} // namespace outrider
