#pragma once

#include "engine/protocol/packet.hpp"
#include "engine/protocol/sync_messages.hpp"
#include "engine/remotes/agent_client.hpp"

#include <optional>
#include <string>

namespace outrider {

/// The records of one `scan_runs`, one by one as they arrive. Holds one packet at a time: while
/// nobody takes records the agent waits. Lives in the coroutine that reads it.
class scan_stream {
  public:
    scan_stream(agent_client& agent, const protocol::scan_runs& request);

    /// The next record; nothing after the last one. `protocol_violation` where entries of a run are
    /// not in path order, or there are more than anybody has.
    [[nodiscard]] awaitable<result<std::optional<protocol::scan_record>>> next();

  private:
    [[nodiscard]] result<protocol::scan_record> take();

    exchange asking_;
    protocol::received_bytes payload_;              // the packet
    std::optional<protocol::packet_reader> packet_; // over payload_
    std::string last_path_;
    std::int64_t entries_ = 0; // of this run
};

} // namespace outrider
