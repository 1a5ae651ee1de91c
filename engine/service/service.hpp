#pragma once

#include "engine/resources/resident.hpp"
#include "engine/service/messenger.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace outrider {

struct service_options {
    std::string state_directory;       ///< absolute; `jobs/` in it holds the standing jobs
    std::shared_ptr<messenger> sender; ///< by which notifications get out
    /// A machine that no command was about for so long is not watched any more.
    std::chrono::milliseconds idle_limit = std::chrono::hours(1);
};

/// `$XDG_STATE_HOME/outrider`, or `~/.local/state/outrider`.
[[nodiscard]] std::string state_directory(const std::map<std::string, std::string>& environment);

/// What makes an engine a service, beside a server of its socket: it remembers the runs of the
/// machines that were asked of it, keeps that true, and does the standing jobs. Owned by the engine
/// (`engine::add`).
class service final : public resident {
  public:
    explicit service(service_options options);
    ~service() override;

    awaitable<result<>> run(command_queue& commands, engine_resources& with) override;
    void stop() override;

  private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace outrider
