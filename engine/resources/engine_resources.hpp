#pragma once

#include "engine/config/config_memory.hpp"
#include "engine/fleet/known_machines.hpp"
#include "engine/fleet/news.hpp"
#include "engine/remotes/link_pool.hpp"
#include "engine/resources/standing_job_registry.hpp"
#include "engine/sync/transfer_slots.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace outrider {

/// What all commands of an engine share. Owned by the engine, on whose thread alone it is used, and
/// which outlives every command and resident: what is here once is here as long as they are.
class engine_resources {
  public:
    engine_resources(const asio::any_io_executor& executor,
                     std::vector<std::unique_ptr<transport>> transports)
        : links(executor, std::move(transports)), transfers(executor) {
        links.on_change([this](const remote& to, bool up, const std::string& why) {
            links_lost += up ? 0 : 1;
            news.publish(link_news{
                .remote = to.name, .state = up ? link_state::up : link_state::lost, .why = why});
        });
    }

    /// Whether the engine stays: others use its links at the same time, and it remembers.
    [[nodiscard]] bool is_service() const { return machines != nullptr; }

    link_pool links;             ///< the warm ways to machines
    transfer_slots transfers;    ///< the memory that transfers may use
    config_memory configs;       ///< what configuration files say
    news_hub news;               ///< for whoever subscribed: of links, commands and runs
    std::int64_t links_lost = 0; ///< so far, or could not be made
    /// What a service adds when it begins. Both are closed when it ends, and stay: a command may
    /// still be at work with them.
    std::unique_ptr<known_machines> machines;
    std::unique_ptr<standing_job_registry> jobs;
};

} // namespace outrider
