#include "engine/agent/send/content_outlet.hpp"

#include "engine/protocol/block_hash.hpp"
#include "engine/protocol/frame.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace outrider::agent {
namespace {

constexpr std::size_t before_block = protocol::shared_slot_size - protocol::block_size;
static_assert(protocol::frame_header_size + protocol::largest_head <= before_block);

/// A block fits into a packet together with a few small records before it, bytes.
constexpr std::size_t largest_packet = protocol::block_size + protocol::largest_head;
/// Fewer bytes are sent sooner than lent.
constexpr std::size_t least_lent = std::size_t{16} << 10;

} // namespace

bool shared_memory_slots::open(const protocol::shared_memory_file& place) {
    if (!memory_.open_for_writing(place)) {
        return false;
    }
    is_lent_.resize(memory_.bytes().size() / protocol::shared_slot_size);
    for (std::size_t room = is_lent_.size(); room-- > 0;) {
        free_.push_back(room);
    }
    return are_open();
}

std::span<char> shared_memory_slots::free_room() const {
    return memory_.bytes().subspan(free_.back() * protocol::shared_slot_size + before_block,
                                   protocol::block_size);
}

protocol::lent_content shared_memory_slots::lend(std::string_view head, std::size_t size) {
    BOOST_ASSERT(head.size() <= protocol::largest_head);
    char* const begin = free_room().data() - head.size();
    std::ranges::copy(head, begin);
    is_lent_[free_.back()] = true;
    free_.pop_back();
    return {.offset = begin - memory_.bytes().data(),
            .size = static_cast<std::int64_t>(head.size() + size)};
}

result<> shared_memory_slots::take_back(protocol::packet_reader& returned) {
    const auto offsets = protocol::read_returned(returned);
    if (!offsets) {
        return offsets.error();
    }
    for (const auto offset : *offsets) {
        const auto room = static_cast<std::size_t>(offset) / protocol::shared_slot_size;
        if (room >= is_lent_.size() || !is_lent_[room]) {
            return protocol::malformed_packet("return of content");
        }
        is_lent_[room] = false;
        free_.push_back(room);
    }
    return {};
}

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
