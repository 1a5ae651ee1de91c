#pragma once

#include "engine/protocol/packet.hpp"

#include <deque>
#include <optional>
#include <string>

namespace outrider::agent {

/// Content packets, record by record. A packet that comes when none waits is read where it lies,
/// without a copy; what cannot be dealt with at once is kept. How much may wait is bounded by the
/// flow window of the client, and here in any case.
class content_queue {
  public:
    /// Most that may wait, bytes.
    static constexpr std::int64_t most = std::int64_t{32} << 20;

    /// Takes a packet, which has to stay valid until `keep`.
    void lend(std::string_view payload);
    /// Copies what is left of the lent packet.
    void keep();

    /// The next record, the same until `pop`; nothing if none is here. Views lead into the packet.
    [[nodiscard]] result<const protocol::content_record*> front();
    /// The record is dealt with.
    void pop();

    [[nodiscard]] bool empty() const { return !reader_ && waiting_.empty(); }
    /// Bytes that wait.
    [[nodiscard]] std::int64_t held() const { return taken_ - dealt_; }
    /// Bytes of the packets that are dealt with entirely.
    [[nodiscard]] std::int64_t dealt() const { return dealt_; }

  private:
    struct packet {
        std::string bytes;
        std::int64_t size = 0; ///< of the packet as it came
    };
    void finish_packet();

    std::deque<packet> waiting_; // the first one is being read, unless one is lent
    std::optional<protocol::packet_reader> reader_; // of the packet that is being read
    std::optional<protocol::packet_reader> before_; // the same before `record_` was read
    std::optional<protocol::content_record> record_;
    bool lent_ = false;
    std::int64_t size_ = 0; // of the packet that is being read
    std::int64_t taken_ = 0;
    std::int64_t dealt_ = 0;
};

} // namespace outrider::agent
