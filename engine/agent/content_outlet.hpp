#pragma once

#include "engine/agent/job.hpp"
#include "engine/protocol/packet.hpp"

#include <algorithm>
#include <cstdint>

namespace outrider::agent {

/// Where the records of the files that are sent go: it packs them, and sends no byte that the
/// client has not granted. Owned by the job; every record is announced with `reserve`.
class content_outlet {
  public:
    /// Room for any record without its data, and for what is before it, bytes.
    static constexpr std::size_t record_room = 96;

    content_outlet(reply_channel channel, std::int64_t credit)
        : channel_(channel), credit_(credit) {}

    /// Payload bytes that may be sent in all; less than before changes nothing.
    void grant(std::int64_t credit) { credit_ = std::max(credit_, credit); }
    /// Makes room for records of so many bytes in all. False: the credit does not allow it yet, and
    /// what was packed is sent, so that it grows.
    [[nodiscard]] bool reserve(std::size_t bytes);
    void put(const protocol::content_record& record) { write_record(packet_, record); }
    /// Where a block is read to, whether it is sent then or not.
    [[nodiscard]] std::span<char> block_room() { return channel_.block_room(); }
    /// A block record, which ends its packet: the first `size` bytes of the room.
    void put_block(std::int64_t index, std::size_t size);
    void flush();

    /// Payload bytes that were sent.
    [[nodiscard]] std::int64_t sent() const { return sent_; }

  private:
    reply_channel channel_;
    protocol::packet_writer packet_{protocol::packet_kind::content};
    std::int64_t credit_;
    std::int64_t sent_ = 0;
};

} // namespace outrider::agent
