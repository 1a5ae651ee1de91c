#include "engine/protocol/frame.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace outrider::protocol {
namespace {

/// Room that an empty reader keeps, bytes.
constexpr std::size_t kept_buffer = std::size_t{256} << 10;
/// Payloads up to this size are copied out of the buffer, which each would keep otherwise, bytes.
constexpr std::size_t small_payload = std::size_t{16} << 10;
/// Less room than this part of what is asked for is not worth a read.
constexpr std::size_t least_share = 4;
/// A buffer is left for another one when so many bytes of it are used, however large it is: what is
/// never touched takes no memory.
constexpr std::size_t enough_used = std::size_t{512} << 10;

void write_u32(char* to, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        *to++ = static_cast<char>(value >> shift & 0xff);
    }
}

void write_header(char* to, frame_kind kind, std::uint32_t request, std::size_t size) {
    write_u32(to, static_cast<std::uint32_t>(size));
    to[4] = static_cast<char>(kind);
    write_u32(to + 5, request);
}

std::uint32_t read_u32(const char* at) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        value = value << 8 | static_cast<unsigned char>(at[i]);
    }
    return value;
}

} // namespace

std::string_view frame::addressed_to(std::uint32_t other) {
    char* const begin = payload.begin_ - frame_header_size;
    write_header(begin, kind, other, payload.size());
    return {begin, frame_header_size + payload.size()};
}

void append_frame(std::string& out, frame_kind kind, std::uint32_t request,
                  std::string_view payload) {
    append_frame_head(out, kind, request, payload, 0);
}

void append_frame_head(std::string& out, frame_kind kind, std::uint32_t request,
                       std::string_view head, std::size_t rest) {
    char header[frame_header_size];
    write_header(header, kind, request, head.size() + rest);
    out.append(header, frame_header_size);
    out.append(head);
}

// What frames still hold stays where it is.
bool frame_reader::fits(const buffer& one, std::size_t size) const {
    return one.source == source_ && one.bytes.use_count() == 1 &&
           one.capacity >= end_ - start_ + size;
}

// A buffer with room for `size` bytes after those that wait: one that is here, or one of the
// source; if it is needed, one of the heap.
frame_reader::buffer frame_reader::free_buffer(std::size_t size, bool needed) {
    if (fits(current_, size)) {
        return current_;
    }
    if (fits(other_, size)) {
        return other_;
    }
    const auto waiting = end_ - start_;
    const auto capacity = waiting + std::max(size, waiting);
    if (auto bytes = source_ ? source_->take(capacity) : nullptr) {
        return {std::move(bytes), capacity, source_};
    }
    return needed ? buffer{std::make_shared_for_overwrite<char[]>(capacity), capacity, nullptr}
                  : buffer{};
}

// The bytes that wait come to its front.
void frame_reader::go_on_in(buffer next) {
    const auto waiting = end_ - start_;
    if (waiting > 0) {
        std::memmove(next.bytes.get(), current_.bytes.get() + start_, waiting);
    }
    if (next.bytes != current_.bytes) {
        other_ = std::exchange(current_, std::move(next));
    }
    start_ = 0;
    end_ = waiting;
}

std::span<char> frame_reader::prepare(std::size_t size) {
    const auto kept = std::max(current_.capacity, other_.capacity);
    const bool other_source = current_.source != source_ || other_.source != source_;
    if (start_ == end_ && (kept > std::max(kept_buffer, 2 * size) || other_source)) {
        current_ = other_ = {}; // what a big frame needed is given back
        start_ = end_ = 0;
    }
    const bool full = current_.capacity - end_ < size / least_share + 1;
    if (full || (start_ > 0 && end_ >= enough_used)) {
        if (auto next = free_buffer(size, full); next.bytes) {
            go_on_in(std::move(next));
        }
    } else if (start_ == end_ && fits(current_, size)) {
        start_ = end_ = 0;
    }
    return {current_.bytes.get() + end_, std::min(size, current_.capacity - end_)};
}

std::span<char> frame_reader::prepare_frame(std::size_t size) {
    const auto waiting = end_ - start_;
    if (waiting < frame_header_size) {
        return prepare(size);
    }
    const auto rest = 2 * frame_header_size + read_u32(current_.bytes.get() + start_) - waiting;
    size = rest > size / 2 ? rest : size;
    if (current_.capacity - end_ < size) {
        make_room(size);
    }
    return {current_.bytes.get() + end_, size};
}

void frame_reader::feed(std::string_view bytes) {
    if (current_.capacity - end_ < bytes.size()) {
        make_room(bytes.size());
    }
    std::ranges::copy(bytes, current_.bytes.get() + end_);
    commit(bytes.size());
}

result<std::optional<frame>> frame_reader::next() {
    const std::size_t available = end_ - start_;
    if (available < frame_header_size) {
        return std::optional<frame>{};
    }
    char* const head = current_.bytes.get() + start_;
    const std::uint32_t length = read_u32(head);
    const auto kind = static_cast<std::uint8_t>(head[4]);
    if (length > max_payload || kind > static_cast<std::uint8_t>(frame_kind::cancel)) {
        return failure(errc::protocol_violation, "the far end sent a malformed frame");
    }
    if (available < frame_header_size + length) {
        return std::optional<frame>{};
    }
    const auto size = frame_header_size + length;
    start_ += size;
    auto bytes = current_.bytes;
    char* begin = head;
    if (length <= small_payload) {
        bytes = std::make_shared_for_overwrite<char[]>(size);
        begin = bytes.get();
        std::copy_n(head, size, begin);
    }
    return std::optional(frame{static_cast<frame_kind>(kind), read_u32(head + 5),
                               received_bytes(bytes, begin + frame_header_size, length)});
}

} // namespace outrider::protocol
