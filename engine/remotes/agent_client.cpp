#include "engine/remotes/agent_client.hpp"

#include "engine/config/remote.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace outrider {

using protocol::frame;
using protocol::frame_kind;

namespace {

// The read buffer follows the traffic: hundreds of idle links hold a small one each, a bulk
// transfer gets a large one (which also widens SSH's window on long round trips).
constexpr std::size_t least_buffer = std::size_t{4} << 10;
constexpr std::size_t most_buffer = std::size_t{1} << 20;

std::size_t next_read(std::size_t size, std::size_t got, std::size_t room) {
    if (got == room) {
        return std::min(size * 2, most_buffer);
    }
    return got <= least_buffer ? std::max(size / 2, least_buffer) : size;
}

// Replies of a far errc by name; what this version does not know is an input/output failure.
failure far_failure(std::string_view payload, const std::string& name) {
    auto message = protocol::decode<protocol::failure_message>(payload);
    if (!message) {
        return message.error();
    }
    const errc kind = errc_from_name(message->code).value_or(errc::io_failed);
    // What fails on the user's own machine needs no telling where, nor does a run that is known.
    const bool about_run = message->context.starts_with("run failed because ");
    return {kind, name == this_machine_name || about_run ? message->context
                                                         : name + ": " + message->context};
}

} // namespace

agent_client::agent_client(asio::any_io_executor executor, std::unique_ptr<byte_stream> stream,
                           std::string name)
    : executor_(executor), stream_(std::move(stream)), name_(std::move(name)), tasks_(executor),
      outbox_filled_(executor), outbox_drained_(executor), room_in_inbox_(executor),
      last_heard_(std::chrono::steady_clock::now()) {
    tasks_.spawn("agent writer", [this] { return failing_at_end(run_writer()); });
}

agent_client::~agent_client() = default;

awaitable<result<protocol::hello>> agent_client::greet(std::chrono::milliseconds limit) {
    auto first_frame = [this]() -> awaitable<result<frame>> {
        protocol::frame_reader reader;
        std::array<char, 4096> buffer;
        for (;;) {
            // The agent speaks once and then waits, so nothing of a second frame is read here.
            auto got = co_await stream_->read_some(buffer);
            if (!got) {
                co_return got.error();
            }
            if (*got == 0) {
                co_return failure(errc::agent_unusable,
                                  name_ + ": the agent ended at once: " + stream_->diagnostics());
            }
            reader.feed({buffer.data(), *got});
            auto next = reader.next();
            if (!next) {
                co_return next.error();
            }
            if (*next) {
                co_return std::move(**next);
            }
        }
    };
    auto first =
        co_await with_deadline(first_frame(), limit, name_ + ": the agent does not answer");
    if (!first) {
        co_return first.error();
    }
    if (first->kind != frame_kind::hello) {
        co_return failure(errc::protocol_violation, name_ + ": the agent did not say hello");
    }
    auto hello = protocol::decode<protocol::hello>(first->payload);
    if (hello && hello->version != protocol::version) {
        co_return failure(errc::unsupported, name_ + ": the agent speaks another protocol version");
    }
    last_heard_ = std::chrono::steady_clock::now();
    tasks_.spawn("agent reader", [this] { return failing_at_end(run_reader()); });
    co_return hello;
}

void agent_client::fail(failure why) {
    if (broken_) {
        return;
    }
    broken_ = std::move(why);
    for (auto& [id, waiting] : exchanges_) {
        waiting->arrived_.notify();
    }
    outbox_drained_.notify();
    outbox_filled_.notify();
    room_in_inbox_.notify();
}

awaitable<void> agent_client::close() {
    if (std::exchange(closed_, true)) {
        co_return;
    }
    fail({errc::cancelled, name_ + ": the link is being closed"});
    tasks_.cancel();
    co_await tasks_.join();
    co_await stream_->close();
}

// Whoever waits for the agent must not wait for ever, also where an exception ends the task.
awaitable<void> agent_client::failing_at_end(awaitable<void> task) {
    struct end {
        agent_client& client;
        ~end() { client.fail({errc::internal, client.name_ + ": the link broke off"}); }
    } const end{*this};
    co_await std::move(task);
}

awaitable<void> agent_client::run_reader() {
    protocol::frame_reader reader;
    std::size_t size = least_buffer;
    while (!broken_) {
        reader.use(buffers_);
        const auto room = reader.prepare(std::max(size, expected_));
        auto got = co_await stream_->read_some(room);
        if (!got || *got == 0) {
            fail(got ? failure(errc::connect_failed, name_ + ": the agent ended unexpectedly")
                     : got.error());
            co_return;
        }
        last_heard_ = std::chrono::steady_clock::now();
        reader.commit(*got);
        size = next_read(size, *got, room.size());
        for (;;) {
            auto next = reader.next();
            if (!next) {
                fail({next.error().kind(), name_ + ": " + next.error().context});
                co_return;
            }
            if (!*next) {
                break;
            }
            const std::uint32_t id = (*next)->request;
            deliver(std::move(**next));
            // Back-pressure: while this exchange's inbox is full nothing more is read.
            for (;;) {
                const auto owner = exchanges_.find(id);
                if (broken_ || owner == exchanges_.end() ||
                    owner->second->inbox_bytes_ < exchange::inbox_limit) {
                    break;
                }
                if (!co_await room_in_inbox_.wait()) {
                    co_return;
                }
            }
        }
    }
}

awaitable<void> agent_client::run_writer() {
    while (!broken_) {
        if (outbox_.empty()) {
            if (!co_await outbox_filled_.wait()) {
                co_return;
            }
            continue;
        }
        const auto piece = outbox_.take();
        outbox_drained_.notify();
        auto written = co_await stream_->write(piece.bytes());
        if (!written) {
            fail(written.error());
        }
    }
}

void agent_client::deliver(frame incoming) {
    const auto found = exchanges_.find(incoming.request);
    if (found == exchanges_.end()) {
        return; // a late frame of a request that nobody waits for
    }
    exchange& owner = *found->second;
    owner.inbox_bytes_ += incoming.payload.size() + protocol::frame_header_size;
    owner.inbox_.push_back(std::move(incoming));
    owner.arrived_.notify();
}

void agent_client::send(frame_kind kind, std::uint32_t request, std::string_view payload) {
    outbox_.add(kind, request, payload);
    outbox_filled_.notify();
}

awaitable<result<>> agent_client::wait_for_room() {
    while (!broken_ && outbox_.size() > outbox_limit) {
        if (!co_await outbox_drained_.wait()) {
            co_return failure(errc::cancelled, name_ + ": cancelled");
        }
    }
    co_return broken_ ? result<>(*broken_) : result<>();
}

exchange::exchange(agent_client& client, std::string_view type, protocol::json::value body)
    : client_(client), id_(++client.last_request_), arrived_(client.executor_) {
    protocol::json::object message;
    message["type"] = type;
    message["body"] = std::move(body);
    client_.exchanges_.emplace(id_, this);
    client_.send(frame_kind::request, id_, protocol::json::serialize(message));
}

exchange::~exchange() {
    client_.exchanges_.erase(id_);
    client_.room_in_inbox_.notify();
    if (!ended_ && client_.alive()) {
        client_.send(frame_kind::cancel, id_, {});
    }
}

awaitable<result<frame>> exchange::next() {
    while (inbox_.empty()) {
        if (abandoned_) {
            co_return failure(errc::cancelled, client_.name() + ": interrupted");
        }
        if (client_.broken_) {
            co_return *client_.broken_;
        }
        if (!co_await arrived_.wait()) {
            co_return failure(errc::cancelled, client_.name() + ": cancelled");
        }
    }
    frame incoming = std::move(inbox_.front());
    inbox_.pop_front();
    inbox_bytes_ -= incoming.payload.size() + protocol::frame_header_size;
    client_.room_in_inbox_.notify();
    ended_ = incoming.kind == frame_kind::reply || incoming.kind == frame_kind::failure;
    if (incoming.kind == frame_kind::failure) {
        co_return far_failure(incoming.payload, client_.name());
    }
    co_return incoming;
}

awaitable<result<>> exchange::data(std::string bytes) {
    if (auto room = co_await client_.wait_for_room(); !room) {
        co_return room;
    }
    client_.send(frame_kind::data, id_, bytes);
    co_return result<>();
}

awaitable<result<>> exchange::relay(frame other) {
    if (auto room = co_await client_.wait_for_room(); !room) {
        co_return room;
    }
    client_.outbox_.pass_on(std::move(other), id_);
    client_.outbox_filled_.notify();
    co_return result<>();
}

awaitable<result<>> exchange::send_part(std::string_view type, protocol::json::value body) {
    protocol::json::object message;
    message["type"] = type;
    message["body"] = std::move(body);
    if (auto room = co_await client_.wait_for_room(); !room) {
        co_return room;
    }
    client_.send(frame_kind::part, id_, protocol::json::serialize(message));
    co_return result<>();
}

void exchange::abandon() {
    abandoned_ = true;
    arrived_.notify();
}

result<message_part> open_part(const frame& incoming) {
    auto parsed = protocol::parse_json(incoming.payload);
    if (!parsed) {
        return parsed.error();
    }
    auto* object = parsed->if_object();
    const auto* type = object ? object->if_contains("type") : nullptr;
    auto* body = object ? object->if_contains("body") : nullptr;
    if (type == nullptr || !type->is_string() || body == nullptr) {
        return failure(errc::protocol_violation, "a part has no type or body");
    }
    return message_part{std::string(type->get_string()), std::move(*body)};
}

} // namespace outrider
