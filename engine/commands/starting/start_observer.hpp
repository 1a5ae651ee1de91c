#pragma once

#include "engine/commands/session/session.hpp"

#include <functional>
#include <string>

namespace outrider {

/// Told of one start as it goes on: the client of `run`, or whoever starts many runs and adds them
/// up. What is not set is told to nobody.
struct start_observer {
    /// A step begins; `run_stage` says what `detail` is. `starting` comes before the first request
    /// that could start the run: who has not heard it knows that the run was not started.
    std::function<void(run_stage stage, const std::string& detail)> step = [](auto, const auto&) {};
    /// What becomes of dependencies: lines as `start_reply::resolved` has them.
    std::function<void(const std::string& line)> dependency = [](const auto&) {};
    /// Something that a person should know, while the start goes on.
    std::function<void(const std::string& text)> warning = [](const auto&) {};
};

/// Which words a start has for people.
enum class start_words {
    run,    ///< a new run: its package is built, copied and installed
    restart ///< `--start`, `--restart`: source code that goes along is not worth a word
};

/// Tells the client of a session. The session outlives it.
[[nodiscard]] start_observer client_observer(command_session& session, const target& at,
                                             std::string run_id, start_words words);

} // namespace outrider
