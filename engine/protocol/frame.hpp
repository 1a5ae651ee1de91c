#pragma once

#include "engine/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The framing of the agent protocol. A frame is
///
///     4 bytes  length of the payload, big-endian, at most `max_payload`
///     1 byte   kind
///     4 bytes  id of the request that it belongs to, big-endian (0: none)
///     payload  JSON text of a message, or raw bytes for `data`
///
/// Each end may have many requests in flight; frames of different requests interleave freely.
namespace outrider::protocol {

enum class frame_kind : std::uint8_t {
    hello = 0,   ///< agent → client, first: `hello`
    request = 1, ///< client → agent: {"type": NAME, "body": REQUEST}
    part = 2,    ///< either way: one more piece of a request or reply, {"type": NAME, "body": …}
    data = 3,    ///< either way: raw bytes of a request or reply
    reply = 4,   ///< agent → client, last of a request: the reply struct
    failure = 5, ///< agent → client, last of a request: `failure_message`
    cancel =
        6, ///< client → agent: the request is no longer wanted; it still ends with a last frame
};

/// Largest payload of one frame, bytes. Longer replies come in parts.
inline constexpr std::size_t max_payload = std::size_t{4} << 20;
/// Largest payload of a `data` frame that we send, bytes: small enough to interleave.
inline constexpr std::size_t data_payload = std::size_t{64} << 10;
/// Bytes before the payload.
inline constexpr std::size_t frame_header_size = 9;

struct frame {
    frame_kind kind = frame_kind::data;
    std::uint32_t request = 0;
    std::string payload;
};

/// Appends the bytes of a frame to `out`.
void append_frame(std::string& out, frame_kind kind, std::uint32_t request,
                  std::string_view payload);

/// Cuts a byte stream into frames. Bounded: holds at most one frame and what was fed with it.
class frame_reader {
  public:
    /// Room for `size` bytes to receive into; what of it was filled is told by `commit`. Valid
    /// until the next call.
    [[nodiscard]] std::span<char> prepare(std::size_t size);
    void commit(std::size_t size) { end_ += size; }
    /// Adds bytes that were received elsewhere.
    void feed(std::string_view bytes);
    /// The next whole frame, nothing if more bytes are needed, or `protocol_violation` for ever.
    [[nodiscard]] result<std::optional<frame>> next();

  private:
    std::string buffer_;
    std::size_t start_ = 0; // bytes of buffer_ that are consumed
    std::size_t end_ = 0;   // bytes of buffer_ that were received
};

} // namespace outrider::protocol
