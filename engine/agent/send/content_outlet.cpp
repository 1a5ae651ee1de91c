#include "engine/agent/send/content_outlet.hpp"

#include "engine/protocol/block_hash.hpp"

namespace outrider::agent {
namespace {

/// A block fits into a packet together with a few small records before it, bytes.
constexpr std::size_t largest_packet = protocol::block_size + protocol::largest_head;
/// Fewer bytes are sent sooner than lent.
constexpr std::size_t least_lent = std::size_t{16} << 10;

} // namespace

bool content_outlet::reserve(std::size_t bytes) {
    if (packet_.payload().size() + bytes > largest_packet) {
        flush();
    }
    const auto end = sent_ + static_cast<std::int64_t>(packet_.payload().size() + bytes);
    if (end <= credit_ && !rooms_.all_are_lent()) {
        return true;
    }
    flush();
    return false;
}

void content_outlet::put_block(std::int64_t index, std::size_t size) {
    put({.kind = protocol::content_record::kind_type::block, .first = index});
    sent_ += static_cast<std::int64_t>(packet_.payload().size() + size);
    if (rooms_.are_open()) {
        channel_.data(protocol::lent_packet(rooms_.lend(packet_.payload(), size)));
    } else {
        channel_.block(packet_.payload(), size);
    }
    packet_.clear();
}

void content_outlet::flush() {
    if (packet_.empty()) {
        return;
    }
    const auto payload = packet_.payload();
    sent_ += static_cast<std::int64_t>(payload.size());
    if (rooms_.are_open() && !rooms_.all_are_lent() && payload.size() >= least_lent) {
        lend(payload);
    } else {
        channel_.data(payload);
    }
    packet_.clear();
}

void content_outlet::lend(std::string_view payload) {
    const auto in_room = std::min(payload.size(), protocol::block_size);
    const auto head = payload.substr(0, payload.size() - in_room);
    std::ranges::copy(payload.substr(head.size()), rooms_.free_room().begin());
    channel_.data(protocol::lent_packet(rooms_.lend(head, in_room)));
}

} // namespace outrider::agent
