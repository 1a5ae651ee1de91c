#pragma once

#include "engine/agent/server/output_queue.hpp"
#include "engine/core/result.hpp"
#include "engine/json/described_json.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outrider::agent {

using clock = std::chrono::steady_clock;

/// Where the frames of one request go. Frames are buffered and written by the server's loop; a job
/// that sends much looks at `congested` and goes on later. Owned by the server.
class reply_channel {
  public:
    reply_channel(output_queue& outbox, std::uint32_t request)
        : outbox_(outbox), request_(request) {}

    template <class Message>
    void part(const Message& message) {
        protocol::json::object body;
        body["type"] = Message::name;
        body["body"] = protocol::to_json(message);
        send(protocol::frame_kind::part, protocol::json::serialize(body));
    }
    void data(std::string_view bytes) { send(protocol::frame_kind::data, bytes); }
    /// Where a block of a file is read to, until the next `block`.
    [[nodiscard]] std::span<char> block_room() { return outbox_.block_room(); }
    /// One data frame of `head` and the first `size` bytes of the room.
    void block(std::string_view head, std::size_t size) { outbox_.add_block(request_, head, size); }
    /// The last frame of the request: success.
    template <class Message>
    void reply(const Message& message) {
        send(protocol::frame_kind::reply, protocol::encode(message));
    }
    /// The last frame of the request: failure.
    void fail(const failure& what);
    /// More than 256 KiB wait to be written: produce nothing now. A second pipe full keeps the link
    /// busy, and a client that does not read costs no more memory than that.
    [[nodiscard]] bool congested() const { return outbox_.size() > (std::size_t{256} << 10); }

  private:
    void send(protocol::frame_kind kind, std::string_view payload) {
        outbox_.add(kind, request_, payload);
    }
    output_queue& outbox_;
    std::uint32_t request_;
};

/// What a job waits for; the server's loop calls `advance` again when any of it happens.
struct job_wait {
    std::optional<int> readable_fd; ///< a descriptor that the job owns
    std::optional<clock::time_point> deadline;
    bool drained = false; ///< the reply channel is no longer congested
    bool input = false;   ///< a part or data frame of the client (the server's loop always looks)
    /// Becomes true when something that the job watches has changed; the job owns it.
    const bool* told = nullptr;
};

/// A request in progress. The server owns it, calls it on its one thread, and destroys it once
/// `advance` says that it has sent its last frame. Nothing in it may block for long.
class job {
  public:
    job() = default;
    job(const job&) = delete;
    job& operator=(const job&) = delete;
    virtual ~job() = default;

    /// Goes on as far as possible without waiting. Nothing: the last frame was sent.
    [[nodiscard]] virtual std::optional<job_wait> advance() = 0;
    /// A `part` frame of the client: a type name and its body.
    virtual void on_part(std::string_view /*type*/, const protocol::json::value& /*body*/) {}
    /// A `data` frame of the client.
    virtual void on_data(std::string_view /*bytes*/) {}
    /// The client no longer wants it; the next `advance` ends it with `cancelled`.
    virtual void cancel() = 0;
};

} // namespace outrider::agent
