#include "engine/sync/content_relay.hpp"

#include "engine/protocol/packet.hpp"

namespace outrider {
namespace {

/// Packets, of up to 128 KiB, that wait for the receiver: few enough to be in the processor's cache
/// still when it takes them.
constexpr std::size_t most_lent = 12;

} // namespace

content_relay::content_relay(std::shared_ptr<agent_client> from, const agent_client& to,
                             std::shared_ptr<shared_memory> borrowed)
    : from_(std::move(from)), given_back_(from_->executor()) {
    if (!to.is_here()) {
        return;
    }
    memory_ = std::move(borrowed);
    if (memory_) {
        return;
    }
    buffers_ = shared_buffers::make();
    if (buffers_) {
        memory_ = buffers_->memory();
        from_->receive_into(buffers_);
    }
}

content_relay::~content_relay() {
    if (buffers_) {
        from_->stop_receiving_into(*buffers_); // before the loans end
    }
}

std::optional<protocol::shared_memory_file> content_relay::place() const {
    return memory_ ? std::optional(memory_->place()) : std::nullopt;
}

awaitable<result<>> content_relay::pass(protocol::frame content, exchange& to, std::int64_t end) {
    const auto offset = seen_ && memory_ ? memory_->offset_of(content.payload) : std::nullopt;
    if (!offset) {
        co_return co_await to.relay(std::move(content));
    }
    while (lent_.size() >= most_lent) {
        if (!co_await given_back_.wait()) {
            co_return failure(errc::cancelled, "the transfer was cancelled");
        }
    }
    const auto size = static_cast<std::int64_t>(content.payload.size());
    lent_.push_back({end, std::move(content.payload)});
    co_return co_await to.data(protocol::lent_packet({.offset = *offset, .size = size}));
}

void content_relay::acknowledged(std::int64_t content) {
    while (!lent_.empty() && lent_.front().end <= content) {
        lent_.pop_front();
        given_back_.notify();
    }
}

} // namespace outrider
