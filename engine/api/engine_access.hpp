#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"
#include "engine/core/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace outrider {

/// Names a submitted command for the life of its engine.
enum class command_id : std::uint64_t {};

/// Takes the answer to a question: "yes" or a secret; nothing if the person declined or nobody can
/// answer. Called once, from any thread.
using answer_taker = std::function<void(std::optional<std::string>)>;

/// Who gives a command, and hears of it.
struct command_client {
    /// Called for each event of the command, in order, on the thread that runs the engine. `remote`
    /// is what the event is about where the command has several remotes, and empty otherwise.
    std::function<void(const event& what, const std::string& remote)> tell;
    /// Puts a question to the person. Must not block: `give` may be called later. One question of a
    /// command at a time, except secrets, which several remotes may ask for at once.
    std::function<void(const question& asked, answer_taker give)> ask;
    /// Whether much of what was told still waits for a slow reader: a command that tells of content
    /// waits then. Empty: never.
    std::function<bool()> behind{};
    /// Calls `resume` once, when the reader has caught up or left. Given where `behind` is.
    std::function<void(std::function<void()> resume)> on_caught_up{};
};

/// An engine as its clients see it: the one in this process, or one that serves on a socket. Not
/// thread-safe, except `interrupt`.
class engine_access {
  public:
    engine_access() = default;
    engine_access(const engine_access&) = delete;
    engine_access& operator=(const engine_access&) = delete;
    virtual ~engine_access() = default;

    /// Puts a command into the queue. Fails with `conflict` when the queue is full.
    [[nodiscard]] virtual result<command_id> submit(command what, command_context context,
                                                    command_client client) = 0;
    /// Asks all commands that were submitted here to end in an orderly way: a watch detaches, a
    /// transfer stops between files. A second call forces. May be called from any thread.
    virtual void interrupt() = 0;
    /// Runs until every command that was submitted here has ended.
    virtual void run() = 0;
};

} // namespace outrider
