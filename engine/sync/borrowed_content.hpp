#pragma once

#include "engine/reactor/notifier.hpp"
#include "engine/remotes/agent_client.hpp"
#include "engine/remotes/shared_memory.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace outrider {

/// Content that a sender on this machine does not send: it reads files into memory that the engine
/// sees as well, and says where each packet lies. That is kept until the packet was passed on, and
/// then given back to the sender. Owned by the transfer; what it has opened may outlive it.
class borrowed_content {
  public:
    /// Nothing is borrowed from a sender elsewhere.
    explicit borrowed_content(const agent_client& from);

    /// For the sender's request.
    [[nodiscard]] std::optional<protocol::shared_memory_file> place() const;
    /// Where the content lies; none if nothing is borrowed.
    [[nodiscard]] std::shared_ptr<shared_memory> memory() const;
    /// The frame of content that `told` tells of, or `told` itself if it tells of none.
    [[nodiscard]] result<protocol::frame> open(protocol::frame told);
    /// Gives back what was passed on, until it is cancelled or the sender is gone.
    [[nodiscard]] awaitable<void> give_back(exchange& sender);

  private:
    struct loans {
        explicit loans(const asio::any_io_executor& executor) : more_ended(executor) {}
        std::shared_ptr<shared_memory> memory;
        std::vector<std::int64_t> ended; // their offsets
        notifier more_ended;
    };

    std::shared_ptr<loans> loans_;
};

} // namespace outrider
