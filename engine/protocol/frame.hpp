#pragma once

#include "engine/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
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
/// Largest payload of a `data` frame of an output or of a file that is shown, bytes: small enough
/// to interleave. The packets of a transfer are twice as large.
inline constexpr std::size_t data_payload = std::size_t{64} << 10;
/// Bytes before the payload.
inline constexpr std::size_t frame_header_size = 9;

/// The payload of a frame; of a large one where it was received: it is most of what ever travels,
/// and is not copied on its way. Keeps the buffer, and what else came into it, as long as it lives.
class received_bytes {
  public:
    received_bytes() = default;
    /// Bytes of a buffer, with room for a frame's header before them.
    received_bytes(std::shared_ptr<char[]> buffer, char* begin, std::size_t size)
        : buffer_(std::move(buffer)), begin_(begin), size_(size) {}

    operator std::string_view() const { return {begin_, size_}; } // NOLINT(*-explicit-*)
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

  private:
    friend struct frame;

    std::shared_ptr<char[]> buffer_;
    char* begin_ = nullptr; // its frame's header lies before it
    std::size_t size_ = 0;
};

struct frame {
    frame_kind kind = frame_kind::data;
    std::uint32_t request = 0;
    received_bytes payload;

    /// All bytes of a frame that was received, to be passed on as one of `other`: only the header
    /// is written anew, in its place. Valid as long as the payload.
    [[nodiscard]] std::string_view addressed_to(std::uint32_t other);
};

/// Appends the bytes of a frame to `out`.
void append_frame(std::string& out, frame_kind kind, std::uint32_t request,
                  std::string_view payload);
/// Appends the beginning of a frame: its header and `head`. The other `rest` bytes of its payload
/// are elsewhere.
void append_frame_head(std::string& out, frame_kind kind, std::uint32_t request,
                       std::string_view head, std::size_t rest);

/// Where buffers for received bytes come from, other than the heap.
class buffer_source {
  public:
    buffer_source() = default;
    buffer_source(const buffer_source&) = delete;
    buffer_source& operator=(const buffer_source&) = delete;
    virtual ~buffer_source() = default;

    /// A buffer of that size; none if there is none now.
    [[nodiscard]] virtual std::shared_ptr<char[]> take(std::size_t size) = 0;
};

/// Cuts a byte stream into frames. Bounded: holds at most one frame and what was fed with it, a
/// spare buffer, and those of large frames that are still in use.
class frame_reader {
  public:
    /// Buffers come from there as far as it has them, or from the heap again. Those of another
    /// source are left as they are: what was received into them stays, and nothing is put in its
    /// place.
    void use(std::shared_ptr<buffer_source> source) { source_ = std::move(source); }
    /// Room for bytes to receive into, about `size`, never none; what of it was filled is told by
    /// `commit`. Valid until the next call.
    [[nodiscard]] std::span<char> prepare(std::size_t size);
    /// The same, but for a large frame that has begun as much as completes it, with the header of
    /// the next one: in a stream of large frames hardly a byte is ever moved.
    [[nodiscard]] std::span<char> prepare_frame(std::size_t size);
    void commit(std::size_t size) { end_ += size; }
    /// Adds bytes that were received elsewhere.
    void feed(std::string_view bytes);
    /// The next whole frame, nothing if more bytes are needed, or `protocol_violation` for ever.
    [[nodiscard]] result<std::optional<frame>> next();

  private:
    struct buffer {
        std::shared_ptr<char[]> bytes;
        std::size_t capacity = 0;
        std::shared_ptr<buffer_source> source; // none: the heap
    };
    [[nodiscard]] bool fits(const buffer& one, std::size_t size) const;
    [[nodiscard]] buffer free_buffer(std::size_t size, bool needed);
    void go_on_in(buffer next);
    void make_room(std::size_t size) { go_on_in(free_buffer(size, true)); }

    std::shared_ptr<buffer_source> source_;
    buffer current_;        // what is received goes here
    buffer other_;          // the one before, whose turn comes again
    std::size_t start_ = 0; // bytes of current_ that are consumed
    std::size_t end_ = 0;   // bytes of current_ that were received
};

} // namespace outrider::protocol
