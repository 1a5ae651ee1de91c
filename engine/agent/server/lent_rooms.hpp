#pragma once

#include "engine/agent/server/client_memory.hpp"
#include "engine/protocol/packet.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// Rooms for blocks in memory that the client sees as well: what lies there need not be sent. A
/// room that is lent is left alone until the client gives it back.
class lent_rooms {
  public:
    /// Whether there are any from now on.
    [[nodiscard]] bool open(const protocol::memory_place& place);
    [[nodiscard]] bool are_open() const { return !is_lent_.empty(); }
    /// Nothing can be read before the client has given something back.
    [[nodiscard]] bool all_are_lent() const { return are_open() && free_.empty(); }
    /// A room that is free, for a block: the same until it is lent. There must be one.
    [[nodiscard]] std::span<char> free_room() const;
    /// Lends the client `head`, at most `largest_head`, and the first `size` bytes of that room.
    [[nodiscard]] protocol::lent_content lend(std::string_view head, std::size_t size);
    /// What is said to be given back must be lent: `protocol_violation`.
    [[nodiscard]] result<> take_back(protocol::packet_reader& returned);

  private:
    client_memory memory_;
    std::vector<std::size_t> free_; // rooms; the one that came back last is taken first
    std::vector<bool> is_lent_;     // of each room
};

} // namespace outrider::agent
