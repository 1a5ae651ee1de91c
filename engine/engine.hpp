#pragma once

#include "engine/api/command_queue.hpp"

#include <memory>
#include <vector>

namespace outrider {

class resident;
class transport;

/// A bounded queue of commands, a reactor on one thread, and the warm links
/// to the remotes. Owned by the program; not thread-safe, except `interrupt()`, which may be called
/// from a signal handler's thread.
///
///     engine e(std::move(transports));
///     e.submit(command, context, {.tell = …, .ask = …});
///     e.run();   // returns when no command and no resident is left
class engine final : public engine_access, public command_queue {
  public:
    explicit engine(std::vector<std::unique_ptr<transport>> transports);
    ~engine() override;

    /// At most 64 commands wait, and 256 go on at the same time. Commands may be submitted while
    /// the engine runs, on its thread: they begin at the reactor's next turn.
    [[nodiscard]] result<command_id> submit(command what, command_context context,
                                            command_client client) override;
    /// All commands and residents.
    void interrupt() override;
    /// One command: as `interrupt()`. On the engine's thread; nothing if it has ended.
    void interrupt(command_id one) override;
    /// Takes in what lives beside the commands; before `run`.
    void add(std::unique_ptr<resident> part);
    /// Runs until every command and resident has ended, and closes the links.
    void run() override;

  private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace outrider
