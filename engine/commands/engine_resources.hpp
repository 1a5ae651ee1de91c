#pragma once

#include "engine/remotes/link_pool.hpp"
#include "engine/service/service_parts.hpp"
#include "engine/sync/transfer_slots.hpp"

#include <memory>
#include <vector>

namespace outrider {

/// What all commands of an engine share. Owned by the engine, on whose thread alone it is used.
class engine_resources {
  public:
    engine_resources(const asio::any_io_executor& executor,
                     std::vector<std::unique_ptr<transport>> transports)
        : links(executor, std::move(transports)), transfers(executor) {}

    link_pool links;                  ///< the warm ways to machines
    transfer_slots transfers;         ///< the memory that transfers may use
    service_parts* service = nullptr; ///< null: this engine is no service
};

} // namespace outrider
