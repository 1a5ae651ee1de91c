#pragma once

#include "engine/commands.hpp"
#include "engine/events.hpp"
#include "engine/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace outrider {

class transport;

/// Names a submitted command for the life of its engine.
enum class command_id : std::uint64_t {};

/// The heart of Outrider: a bounded queue of commands, a reactor on one thread, and the warm links
/// to the remotes. Owned by the program (`outrider`, later `outrider serve`); not thread-safe,
/// except `interrupt`, which may be called from a signal handler's thread.
///
///     engine e(std::move(transports));
///     e.submit(command, context, [&](const event& ev) { … });
///     e.run();   // returns when no command is left
class engine {
  public:
    /// Called on the engine's thread for each event of a command, in order.
    using event_sink = std::function<void(const event&)>;
    /// Answers a question of a command, on a thread where it may block. Nothing: declined or ended.
    using answerer = std::function<std::optional<std::string>(const question&)>;

    explicit engine(std::vector<std::unique_ptr<transport>> transports);
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;
    ~engine();

    /// Puts a command into the queue. Fails with `conflict` when the queue is full (64 commands).
    [[nodiscard]] result<command_id> submit(command what, command_context context, event_sink sink,
                                            answerer answer);
    /// Asks all commands to end in an orderly way: a watch detaches, a transfer stops between
    /// files. A second call forces. Thread-safe.
    void interrupt();
    /// Runs until every command has ended and the links are closed.
    void run();

  private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace outrider
