#include "engine/agent/server/lent_rooms.hpp"

#include "engine/protocol/frame.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace outrider::agent {
namespace {

constexpr std::size_t before_block = protocol::lent_room_size - protocol::block_size;
static_assert(protocol::frame_header_size + protocol::largest_head <= before_block);

} // namespace

bool lent_rooms::open(const protocol::memory_place& place) {
    if (!memory_.open_for_writing(place)) {
        return false;
    }
    is_lent_.resize(memory_.bytes().size() / protocol::lent_room_size);
    for (std::size_t room = is_lent_.size(); room-- > 0;) {
        free_.push_back(room);
    }
    return are_open();
}

std::span<char> lent_rooms::free_room() const {
    return memory_.bytes().subspan(free_.back() * protocol::lent_room_size + before_block,
                                   protocol::block_size);
}

protocol::lent_content lent_rooms::lend(std::string_view head, std::size_t size) {
    BOOST_ASSERT(head.size() <= protocol::largest_head);
    char* const begin = free_room().data() - head.size();
    std::ranges::copy(head, begin);
    is_lent_[free_.back()] = true;
    free_.pop_back();
    return {.offset = begin - memory_.bytes().data(),
            .size = static_cast<std::int64_t>(head.size() + size)};
}

result<> lent_rooms::take_back(protocol::packet_reader& returned) {
    const auto offsets = protocol::read_returned(returned);
    if (!offsets) {
        return offsets.error();
    }
    for (const auto offset : *offsets) {
        const auto room = static_cast<std::size_t>(offset) / protocol::lent_room_size;
        if (room >= is_lent_.size() || !is_lent_[room]) {
            return protocol::malformed_packet("return of content");
        }
        is_lent_[room] = false;
        free_.push_back(room);
    }
    return {};
}

} // namespace outrider::agent
