#pragma once

#include "engine/agent/receive/arrival_space.hpp"
#include "engine/protocol/packet.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace outrider::agent {

/// What a receiving job is told to do, in order. Orders stay in their packets, as they came, until
/// their turn is near: the client sends those of a whole transfer ahead.
class step_queue {
  public:
    using step = std::variant<protocol::receive_begin, protocol::receive_marks,
                              protocol::receive_finish, protocol::orders_end>;

    void add(step next) { entries_.emplace_back(std::move(next)); }
    void add_orders(std::string_view packet);

    /// Reads ahead up to the next step that is no order. Fails on malformed orders, and on such
    /// that are not numbered in sequence.
    [[nodiscard]] result<> read_ahead();
    /// Orders that were read and have not been taken.
    [[nodiscard]] const std::deque<protocol::file_order>& orders() const { return window_; }
    protocol::file_order take_order();
    /// The next step; nothing while there are orders before it, or none came yet.
    [[nodiscard]] step* front();
    void pop() { entries_.pop_front(); }
    /// What all orders in the queue still need.
    [[nodiscard]] space_need outstanding() const;

  private:
    struct packet {
        explicit packet(std::string_view payload) : bytes(payload), reader(bytes) {}
        std::string bytes;
        protocol::packet_reader reader;
    };
    using entry = std::variant<step, std::unique_ptr<packet>>;

    std::deque<entry> entries_;
    std::deque<protocol::file_order> window_;
    std::int64_t next_number_ = 0;
};

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
