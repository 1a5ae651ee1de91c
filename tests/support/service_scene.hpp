#pragma once

#include "engine/engine.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/remotes/transport.hpp"
#include "engine/resources/engine_resources.hpp"
#include "engine/resources/resident.hpp"
#include "engine/service/service.hpp"
#include "tests/support/run_home.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::testing {

/// What a command of the scene told.
struct command_told {
    std::vector<event> events;
    std::optional<failure> error;

    template <class Event>
    [[nodiscard]] const Event* find() const {
        for (const auto& each : events) {
            if (const auto* found = std::get_if<Event>(&each)) {
                return found;
            }
        }
        return nullptr;
    }
};

/// A service in this process before `gpu1`, another home on this machine with an agent of its own,
/// to which the way can be closed. The script of a test is a resident of the same engine.
class service_scene {
  public:
    service_scene();

    run_home far;
    bool open = true; ///< the way to `gpu1`: closed, it refuses connections

    /// Runs an engine with a service until `script` has ended. Called again: as after a restart.
    void serve(std::function<awaitable<void>()> script);

    // ---- for scripts

    [[nodiscard]] awaitable<command_told> perform(command what);
    /// The runs of `gpu1` as a command lists them.
    [[nodiscard]] awaitable<runs_listed> list(list_command what = {});
    /// Lists from memory again and again until it holds; throws after 20 s.
    [[nodiscard]] awaitable<runs_listed> listed_when(std::string what,
                                                     std::function<bool(const runs_listed&)> holds);
    /// Waits until it holds; looks again whenever news come, and a few times a second.
    [[nodiscard]] awaitable<void> until(std::string what, std::function<bool()> holds);
    /// Kills the agent of `gpu1`: the link to it is lost.
    void kill_agent();
    [[nodiscard]] engine_resources& with() { return *with_; }
    [[nodiscard]] command_queue& commands() { return *commands_; }
    [[nodiscard]] command_context context() const;
    [[nodiscard]] const fs::path& place() const { return far.root; }
    service_options options; ///< of the next `serve`

  private:
    command_queue* commands_ = nullptr;
    engine_resources* with_ = nullptr;
};

} // namespace outrider::testing
