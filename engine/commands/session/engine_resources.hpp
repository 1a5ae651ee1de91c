#pragma once

#include "engine/commands/session/service_parts.hpp"
#include "engine/config/config_memory.hpp"
#include "engine/fleet/news.hpp"
#include "engine/remotes/link_pool.hpp"
#include "engine/sync/transfer_slots.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace outrider {

/// What all commands of an engine share. Owned by the engine, on whose thread alone it is used.
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

    link_pool links;                  ///< the warm ways to machines
    transfer_slots transfers;         ///< the memory that transfers may use
    config_memory configs;            ///< what configuration files say
    news_hub news;                    ///< for whoever subscribed: of links, commands and runs
    std::int64_t links_lost = 0;      ///< so far, or could not be made
    service_parts* service = nullptr; ///< null: this engine is no service
};

} // namespace outrider
