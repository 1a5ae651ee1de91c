#include "engine/remotes/outbox.hpp"

namespace outrider {

void outbox::add(protocol::frame_kind kind, std::uint32_t request, std::string_view payload) {
    if (pieces_.empty() || !pieces_.back().passed_on_.empty()) {
        pieces_.emplace_back();
    }
    protocol::append_frame(pieces_.back().own_, kind, request, payload);
    size_ += protocol::frame_header_size + payload.size();
}

void outbox::pass_on(protocol::frame received, std::uint32_t request) {
    auto& last = pieces_.emplace_back();
    last.passed_on_ = received.addressed_to(request);
    last.received_ = std::move(received.payload);
    size_ += last.passed_on_.size();
}

outbox::piece outbox::take() {
    auto first = std::move(pieces_.front());
    pieces_.pop_front();
    size_ -= first.bytes().size();
    return first;
}

} // namespace outrider
