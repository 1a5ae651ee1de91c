#pragma once

#include "engine/reactor/notifier.hpp"
#include "engine/remotes/agent_client.hpp"
#include "engine/remotes/shared_memory.hpp"

#include <cstdint>
#include <deque>
#include <memory>

namespace outrider {

/// Passes content on from one agent to another. To an agent on this machine it is not sent, if it
/// came into memory that the agent can see: it is told where it lies, and what lies there is kept
/// until the agent has dealt with it. Owned by the transfer.
class content_relay {
  public:
    /// If the receiver is on this machine, the sender's content comes into shared memory from now
    /// on, unless it lies in such already: `borrowed`, or none.
    content_relay(std::shared_ptr<agent_client> from, const agent_client& to,
                  std::shared_ptr<shared_memory> borrowed);
    content_relay(const content_relay&) = delete;
    content_relay& operator=(const content_relay&) = delete;
    /// Nothing is received into that memory again, so that a receiver that is slow to hear of a
    /// cancelled transfer never sees anything else there.
    ~content_relay();

    /// For the receiver's request.
    [[nodiscard]] std::optional<protocol::shared_memory_file> place() const;
    /// The receiver sees the memory.
    void seen() { seen_ = true; }
    /// `end`: payload bytes of content in all, with this frame. Waits while much is lent.
    [[nodiscard]] awaitable<result<>> pass(protocol::frame content, exchange& to, std::int64_t end);
    /// The receiver has dealt with so many of them.
    void acknowledged(std::int64_t content);

  private:
    struct loan {
        std::int64_t end;
        protocol::received_bytes bytes;
    };

    std::shared_ptr<agent_client> from_;
    std::shared_ptr<shared_buffers> buffers_; // what is received comes into these, if there are any
    std::shared_ptr<shared_memory> memory_;   // where the content lies; none: everything is sent
    bool seen_ = false;
    std::deque<loan> lent_;
    notifier given_back_;
};

} // namespace outrider
