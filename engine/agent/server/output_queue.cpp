#include "engine/agent/server/output_queue.hpp"

#include <algorithm>
#include <cerrno>
#include <new>

namespace outrider::agent {
namespace {

/// Memory that small frames may keep, bytes.
constexpr std::size_t kept_spare = std::size_t{1} << 20;
/// Before a block, for its frame's beginning, is a page of its own.
constexpr std::size_t page = 4096;
static_assert(protocol::frame_header_size + protocol::largest_head <= page);

std::shared_ptr<char[]> make_room() {
    constexpr std::align_val_t alignment{page};
    auto* memory = static_cast<char*>(::operator new(page + protocol::block_size, alignment));
    return {memory, [](char* room) { ::operator delete(room, alignment); }};
}

} // namespace

std::string& output_queue::small_frames() {
    // What is being written gets nothing more, or it might never come to an end.
    const bool begins =
        pieces_.empty() || pieces_.back().room || (pieces_.size() == 1 && written_ > 0);
    if (begins) {
        pieces_.push_back({.frames = std::exchange(spare_, {})});
    }
    return pieces_.back().frames;
}

void output_queue::add(protocol::frame_kind kind, std::uint32_t request, std::string_view payload) {
    protocol::append_frame(small_frames(), kind, request, payload);
    size_ += protocol::frame_header_size + payload.size();
}

std::span<char> output_queue::block_room() {
    if (!room_) {
        const auto free =
            std::ranges::find_if(rooms_, [](const auto& room) { return room.use_count() == 1; });
        room_ = free != rooms_.end() ? *free : rooms_.emplace_back(make_room());
    }
    return {room_.get() + page, protocol::block_size};
}

void output_queue::add_block(std::uint32_t request, std::string_view head, std::size_t size) {
    std::string beginning;
    protocol::append_frame_head(beginning, protocol::frame_kind::data, request, head, size);
    if (size < lending_pipe::least_loan) { // not worth a room
        size_ += beginning.size() + size;
        small_frames().append(beginning).append(room_.get() + page, size);
        return;
    }
    char* const begin = room_.get() + page - beginning.size();
    std::ranges::copy(beginning, begin);
    const std::string_view frame(begin, beginning.size() + size);
    pieces_.push_back({.block_frame = frame, .room = std::exchange(room_, nullptr)});
    size_ += frame.size();
}

bool output_queue::write_to(lending_pipe& client) {
    client.collect();
    while (!pieces_.empty()) {
        const auto& first = pieces_.front();
        const auto wrote = client.write(first.bytes().substr(written_), first.room);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return wrote < 0 && errno == EAGAIN;
        }
        written_ += static_cast<std::size_t>(wrote);
        size_ -= static_cast<std::size_t>(wrote);
        if (written_ == first.bytes().size()) {
            drop_front();
        }
    }
    return true;
}

void output_queue::drop_front() {
    auto& frames = pieces_.front().frames;
    if (frames.capacity() > spare_.capacity() && frames.capacity() <= kept_spare) {
        spare_ = std::move(frames);
        spare_.clear();
    }
    pieces_.pop_front();
    written_ = 0;
}

void output_queue::rest() {
    std::string().swap(spare_); // an assignment would keep the memory
    room_.reset();
    std::erase_if(rooms_, [](const auto& room) { return room.use_count() == 1; });
}

std::string output_queue::take() {
    std::string all;
    for (; !pieces_.empty(); drop_front()) {
        all += pieces_.front().bytes().substr(written_);
    }
    size_ = 0;
    return all;
}

} // namespace outrider::agent
