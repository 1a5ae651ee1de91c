#pragma once

#include "engine/json/described_json.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/reactor/awaitable.hpp"
#include "engine/reactor/deadline.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/remotes/byte_stream.hpp"
#include "engine/remotes/outbox.hpp"

#include <bit>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace outrider {

class exchange;

/// Speaks the agent protocol over one byte stream: any number of requests in flight, each an
/// `exchange`. Owned by the link (control channel) or by a transfer (bulk channel). `close` must be
/// awaited before it is destroyed. After the stream fails every exchange fails with that failure.
class agent_client {
  public:
    /// `name` stands in failure texts: the remote, or `this_machine_name`.
    agent_client(asio::any_io_executor executor, std::unique_ptr<byte_stream> stream,
                 std::string name);
    agent_client(const agent_client&) = delete;
    agent_client& operator=(const agent_client&) = delete;
    ~agent_client();

    /// Awaits the agent's first frame and checks its protocol version.
    [[nodiscard]] awaitable<result<protocol::hello>> greet(std::chrono::milliseconds limit);
    /// One request, one reply; parts are dropped. `limit` bounds the whole.
    template <class Request>
    [[nodiscard]] awaitable<result<typename Request::reply>> call(Request request,
                                                                  std::chrono::milliseconds limit);
    /// When the last byte came from the agent.
    [[nodiscard]] std::chrono::steady_clock::time_point last_heard() const { return last_heard_; }
    [[nodiscard]] bool alive() const { return !broken_; }
    /// Whether somebody waits for this agent.
    [[nodiscard]] bool busy() const { return !exchanges_.empty(); }
    /// The agent may soon have sent so many bytes that are not read yet: the stream is read in as
    /// large pieces, which tells a wire with a window of its own to let them through. An agent here
    /// is at no such wire.
    void expect(std::size_t bytes) { expected_ = here_ ? 0 : std::bit_ceil(bytes); }
    /// What is received from now on, large frames at least, comes into buffers of that source as
    /// far as it has them. The last one counts.
    void receive_into(std::shared_ptr<protocol::buffer_source> source) {
        buffers_ = std::move(source);
    }
    /// The heap again, unless it is another source meanwhile.
    void stop_receiving_into(const protocol::buffer_source& source) {
        if (buffers_.get() == &source) {
            buffers_ = nullptr;
        }
    }
    /// Whether the agent is on this machine, as a process of this user.
    [[nodiscard]] bool is_here() const { return here_; }
    void set_here(bool here) { here_ = here; }
    /// Keeps something alive as long as this client.
    void keep(std::shared_ptr<void> token) { kept_ = std::move(token); }
    /// Declares the stream dead: every exchange fails with `why`.
    void fail(failure why);
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const asio::any_io_executor& executor() const { return executor_; }
    /// Ends the stream in an orderly way and waits for its tasks.
    awaitable<void> close();

  private:
    friend class exchange;
    // Bytes that wait for the wire before senders have to wait: a few bulk frames.
    static constexpr std::size_t outbox_limit = std::size_t{256} << 10;

    awaitable<void> failing_at_end(awaitable<void> task);
    awaitable<void> run_reader();
    awaitable<void> run_writer();
    void deliver(protocol::frame incoming);
    void send(protocol::frame_kind kind, std::uint32_t request, std::string_view payload);
    awaitable<result<>> wait_for_room();

    asio::any_io_executor executor_;
    std::unique_ptr<byte_stream> stream_;
    std::string name_;
    task_group tasks_;
    outbox outbox_;
    notifier outbox_filled_;
    notifier outbox_drained_;
    notifier room_in_inbox_;   // an exchange took frames out of a full inbox
    std::size_t expected_ = 0; // bytes that one read is prepared for
    std::shared_ptr<protocol::buffer_source> buffers_;
    bool here_ = false;
    std::map<std::uint32_t, exchange*> exchanges_;
    std::uint32_t last_request_ = 0;
    std::optional<failure> broken_;
    bool closed_ = false; // closing has begun
    std::shared_ptr<void> kept_;
    std::chrono::steady_clock::time_point last_heard_;
};

/// One request in flight. Lives in the coroutine that made it; destroying it before its last frame
/// tells the agent that nobody waits any more. Its inbox is bounded: while it is full nothing more
/// is read from the stream, so SSH's window holds the agent back.
class exchange {
  public:
    template <class Request>
    exchange(agent_client& client, const Request& request)
        : exchange(client, Request::name, protocol::to_json(request)) {}
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;
    ~exchange();

    /// The next part, data or reply frame. A failure of the request or the stream is the result's
    /// failure. After a reply or failure nothing more comes.
    [[nodiscard]] awaitable<result<protocol::frame>> next();
    /// Reads frames until the reply, handing parts to `on_part` (type name, body).
    template <class Reply, class OnPart>
    [[nodiscard]] awaitable<result<Reply>> finish(OnPart on_part);
    /// The same; parts are dropped.
    template <class Reply>
    [[nodiscard]] awaitable<result<Reply>> finish();

    /// Sends a part of the request; waits while the wire is busy.
    template <class Message>
    [[nodiscard]] awaitable<result<>> part(const Message& message) {
        return send_part(Message::name, protocol::to_json(message));
    }
    [[nodiscard]] awaitable<result<>> data(std::string bytes);
    /// Passes a frame of another exchange on, its payload unchanged.
    [[nodiscard]] awaitable<result<>> relay(protocol::frame other);
    /// Lets a waiting `next` fail with `cancelled`: the caller lost interest.
    void abandon();

  private:
    friend class agent_client;
    // Received bytes of one exchange that may wait to be taken.
    static constexpr std::size_t inbox_limit = std::size_t{512} << 10;

    exchange(agent_client& client, std::string_view type, protocol::json::value body);
    awaitable<result<>> send_part(std::string_view type, protocol::json::value body);

    agent_client& client_;
    std::uint32_t id_;
    std::deque<protocol::frame> inbox_;
    std::size_t inbox_bytes_ = 0;
    notifier arrived_;
    bool ended_ = false;     // the last frame came
    bool abandoned_ = false; // by the caller
};

/// A `part` frame taken apart.
struct message_part {
    std::string type;
    protocol::json::value body;
};
[[nodiscard]] result<message_part> open_part(const protocol::frame& incoming);

template <class Reply, class OnPart>
awaitable<result<Reply>> exchange::finish(OnPart on_part) {
    for (;;) {
        auto incoming = co_await next();
        if (!incoming) {
            co_return incoming.error();
        }
        if (incoming->kind == protocol::frame_kind::reply) {
            co_return protocol::decode<Reply>(incoming->payload);
        }
        if (incoming->kind == protocol::frame_kind::part) {
            auto part = open_part(*incoming);
            if (!part) {
                co_return part.error();
            }
            if (auto taken = on_part(*part); !taken) {
                co_return taken.error();
            }
        }
    }
}

template <class Reply>
awaitable<result<Reply>> exchange::finish() {
    return finish<Reply>([](const message_part&) -> result<> { return {}; });
}

template <class Request>
awaitable<result<typename Request::reply>> agent_client::call(Request request,
                                                              std::chrono::milliseconds limit) {
    exchange one(*this, request);
    co_return co_await with_deadline(one.finish<typename Request::reply>(), limit,
                                     name_ + ": no answer to " + std::string(Request::name) +
                                         " within " + std::to_string(limit.count() / 1000) + " s");
}

} // namespace outrider
