#pragma once

#include "engine/api/engine_access.hpp"

namespace outrider {

/// The engine as what lives in it sees it: somebody who takes commands. On the engine's thread.
class command_queue {
  public:
    command_queue() = default;
    command_queue(const command_queue&) = delete;
    command_queue& operator=(const command_queue&) = delete;
    virtual ~command_queue() = default;

    /// Puts a command into the queue. Fails with `conflict` when the queue is full.
    [[nodiscard]] virtual result<command_id> submit(command what, command_context context,
                                                    command_client client) = 0;
    /// Asks one command to end in an orderly way; a second call forces. Nothing if it has ended.
    virtual void interrupt(command_id one) = 0;
    /// The same for all commands, and stops what lives in the engine: the engine ends.
    virtual void interrupt() = 0;
};

} // namespace outrider
