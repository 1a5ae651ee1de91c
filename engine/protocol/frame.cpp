#include "engine/protocol/frame.hpp"

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

void frame_reader::feed(std::string_view bytes) {
    if (start_ == buffer_.size()) {
        // What a big frame needed is given back.
        if (buffer_.capacity() > kept_buffer) {
            buffer_ = {};
        }
        buffer_.clear();
        start_ = 0;
    } else if (start_ > buffer_.size() / 2) {
        buffer_.erase(0, start_);
        start_ = 0;
    }
    buffer_.append(bytes);
}

result<std::optional<frame>> frame_reader::next() {
    const std::size_t available = buffer_.size() - start_;
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
