#pragma once

#include "engine/agent/receive/arrival_space.hpp"
#include "engine/protocol/packet.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <deque>
#include <memory>
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

} // namespace outrider::agent
