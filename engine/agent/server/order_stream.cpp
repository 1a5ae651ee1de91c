#include "engine/agent/server/order_stream.hpp"

namespace outrider::agent {
namespace {

// A client that is further ahead than this has lost count, bytes.
constexpr std::size_t most_order_bytes = std::size_t{24} << 20;

} // namespace

void order_stream::begin_run(std::string run_id) {
    bytes_ += sizeof(item) + run_id.size();
    items_.push_back({.is_run = true, .text = std::move(run_id)});
}

result<> order_stream::add(std::string_view packet) {
    bytes_ += sizeof(item) + packet.size();
    if (ended_ || bytes_ > most_order_bytes) {
        return failure(errc::protocol_violation,
                       ended_ ? "an order came after the last one"
                              : "more orders came than a transfer may have waiting");
    }
    items_.push_back({.is_run = false, .text = std::string(packet)});
    return {};
}

result<order_stream::step> order_stream::next() {
    while (!items_.empty()) {
        auto& front = items_.front();
        if (front.is_run) {
            step out{.kind = step::kind_type::run, .run_id = front.text};
            drop_front();
            return out;
        }
        if (!reader_) {
            reader_.emplace(front.text);
        }
        if (reader_->ok() && reader_->at_end()) {
            drop_front();
            continue;
        }
        auto order = read_file_order(*reader_);
        if (!order) {
            return order.error();
        }
        return step{.kind = step::kind_type::order, .order = std::move(*order)};
    }
    return step{.kind = ended_ ? step::kind_type::end : step::kind_type::none};
}

void order_stream::drop_front() {
    reader_.reset();
    bytes_ -= sizeof(item) + items_.front().text.size();
    items_.pop_front();
}

} // namespace outrider::agent
