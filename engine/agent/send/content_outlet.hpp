#pragma once

#include "engine/agent/server/client_memory.hpp"
#include "engine/agent/server/job.hpp"
#include "engine/protocol/packet.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

namespace outrider::agent {

/// Rooms for blocks in memory that the client sees as well: what lies there need not be sent. A
/// room that is lent is left alone until the client gives it back.
class shared_memory_slots {
  public:
    /// Whether there are any from now on.
    [[nodiscard]] bool open(const protocol::shared_memory_file& place);
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

/// Where the records of the files that are sent go: it packs them, and sends no byte that the
/// client has not granted. A client on this machine is not sent what is large, but lent it. Owned
/// by the job; every record is announced with `reserve`.
class content_outlet {
  public:
    /// Room for any record without its data, and for what is before it, bytes.
    static constexpr std::size_t record_room = 96;

    content_outlet(reply_channel channel, std::int64_t credit)
        : channel_(channel), credit_(credit) {}

    /// What is large comes into that memory and is lent. Everything is sent if it cannot be seen.
    void lend_in(const protocol::shared_memory_file& place) { std::ignore = rooms_.open(place); }
    /// What the client gives back. Fails with `protocol_violation`.
    [[nodiscard]] result<> take_back(protocol::packet_reader& returned) {
        return rooms_.take_back(returned);
    }
    /// Payload bytes that may be sent in all; less than before changes nothing.
    void grant(std::int64_t credit) { credit_ = std::max(credit_, credit); }
    /// Makes room for records of so many bytes in all. False: the credit does not allow it yet, or
    /// too much is lent; what was packed is sent, so that this changes.
    [[nodiscard]] bool reserve(std::size_t bytes);
    void put(const protocol::content_record& record) { write_record(packet_, record); }
    /// Where a block is read to, whether it is sent then or not.
    [[nodiscard]] std::span<char> block_room() {
        return rooms_.are_open() ? rooms_.free_room() : channel_.block_room();
    }
    /// A block record, which ends its packet: the first `size` bytes of the room.
    void put_block(std::int64_t index, std::size_t size);
    void flush();

    /// Payload bytes that were sent.
    [[nodiscard]] std::int64_t sent() const { return sent_; }

  private:
    void lend(std::string_view payload);

    reply_channel channel_;
    shared_memory_slots rooms_;
    protocol::packet_writer packet_{protocol::packet_kind::content};
    std::int64_t credit_;
    std::int64_t sent_ = 0;
};

} // namespace outrider::agent
