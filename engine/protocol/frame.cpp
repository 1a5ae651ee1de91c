#include "engine/protocol/frame.hpp"

#include <algorithm>

namespace outrider::protocol {
namespace {

/// Room that an empty reader keeps, bytes.
constexpr std::size_t kept_buffer = std::size_t{256} << 10;

void append_u32(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(value >> shift & 0xff));
    }
}

std::uint32_t read_u32(const char* at) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        value = value << 8 | static_cast<unsigned char>(at[i]);
    }
    return value;
}

} // namespace

void append_frame(std::string& out, frame_kind kind, std::uint32_t request,
                  std::string_view payload) {
    append_u32(out, static_cast<std::uint32_t>(payload.size()));
    out.push_back(static_cast<char>(kind));
    append_u32(out, request);
    out.append(payload);
}

std::span<char> frame_reader::prepare(std::size_t size) {
    if (start_ == end_) {
        // What a big frame needed is given back.
        if (buffer_.capacity() > std::max(kept_buffer, 2 * size)) {
            buffer_ = {};
        }
        start_ = end_ = 0;
    } else if (start_ > 0 && buffer_.size() - end_ < size) {
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(start_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= start_;
        start_ = 0;
    }
    if (buffer_.size() - end_ < size) {
        buffer_.resize(end_ + size);
    }
    return {buffer_.data() + end_, size};
}

void frame_reader::feed(std::string_view bytes) {
    std::ranges::copy(bytes, prepare(bytes.size()).begin());
    commit(bytes.size());
}

result<std::optional<frame>> frame_reader::next() {
    const std::size_t available = end_ - start_;
    if (available < frame_header_size) {
        return std::optional<frame>{};
    }
    const char* head = buffer_.data() + start_;
    const std::uint32_t length = read_u32(head);
    const auto kind = static_cast<std::uint8_t>(head[4]);
    if (length > max_payload || kind > static_cast<std::uint8_t>(frame_kind::cancel)) {
        return failure(errc::protocol_violation, "the far end sent a malformed frame");
    }
    if (available < frame_header_size + length) {
        return std::optional<frame>{};
    }
    frame out{static_cast<frame_kind>(kind), read_u32(head + 5),
              std::string(head + frame_header_size, length)};
    start_ += frame_header_size + length;
    return std::optional<frame>(std::move(out));
}

} // namespace outrider::protocol
