#include "engine/agent/receive/intake_queues.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

// Orders that are read ahead: in sight of a file with a basis, before its turn.
constexpr std::size_t most_ahead = 512;

void add_need(space_need& sum, const protocol::file_order& order) {
    constexpr std::int64_t enough = std::int64_t{1} << 60;
    sum.bytes = std::min(enough, sum.bytes + std::min(order.entry.size, enough));
    ++sum.files;
}

} // namespace

// ---- steps

void step_queue::add_orders(std::string_view payload) {
    entries_.emplace_back(std::make_unique<packet>(payload));
}

result<> step_queue::read_ahead() {
    while (window_.size() < most_ahead && !entries_.empty()) {
        auto* orders = std::get_if<std::unique_ptr<packet>>(&entries_.front());
        if (orders == nullptr) {
            return {};
        }
        if ((*orders)->reader.ok() && (*orders)->reader.at_end()) {
            entries_.pop_front();
            continue;
        }
        auto order = read_file_order((*orders)->reader);
        if (!order) {
            return order.error();
        }
        if (order->number != next_number_) {
            return protocol::malformed_packet("sequence of orders");
        }
        ++next_number_;
        window_.push_back(std::move(*order));
    }
    return {};
}

protocol::file_order step_queue::take_order() {
    auto order = std::move(window_.front());
    window_.pop_front();
    return order;
}

step_queue::step* step_queue::front() {
    return window_.empty() && !entries_.empty() ? std::get_if<step>(&entries_.front()) : nullptr;
}

space_need step_queue::outstanding() const {
    space_need sum;
    for (const auto& order : window_) {
        add_need(sum, order);
    }
    for (const auto& each : entries_) {
        const auto* orders = std::get_if<std::unique_ptr<packet>>(&each);
        if (orders == nullptr) {
            continue;
        }
        auto reader = (*orders)->reader;
        while (!reader.at_end()) {
            const auto order = read_file_order(reader);
            if (!order) {
                break;
            }
            add_need(sum, *order);
        }
    }
    return sum;
}

// ---- content

void content_queue::lend(std::string_view payload) {
    const auto size = static_cast<std::int64_t>(payload.size());
    taken_ += size;
    if (!empty()) {
        waiting_.push_back({std::string(payload), size});
        return;
    }
    reader_.emplace(payload);
    size_ = size;
    lent_ = true;
}

void content_queue::keep() {
    if (!lent_) {
        return;
    }
    lent_ = false;
    if (!reader_) {
        return;
    }
    // Records of content do not depend on each other: the rest is a packet, too.
    auto& rest = record_ ? *before_ : *reader_;
    std::string bytes(1, static_cast<char>(protocol::packet_kind::content));
    bytes += rest.rest();
    waiting_.push_front({std::move(bytes), size_});
    record_.reset();
    reader_.reset();
}

result<const protocol::content_record*> content_queue::front() {
    while (!record_) {
        if (!reader_ && waiting_.empty()) {
            return nullptr;
        }
        if (!reader_) {
            reader_.emplace(waiting_.front().bytes);
            size_ = waiting_.front().size;
        }
        if (reader_->ok() && reader_->at_end()) {
            finish_packet();
            continue;
        }
        before_ = reader_;
        auto record = read_content_record(*reader_);
        if (!record) {
            return record.error();
        }
        record_ = *record;
    }
    return &*record_;
}

void content_queue::pop() {
    record_.reset();
    if (reader_->at_end()) {
        finish_packet();
    }
}

void content_queue::finish_packet() {
    dealt_ += size_;
    reader_.reset();
    if (!lent_) {
        waiting_.pop_front();
    }
    lent_ = false;
}

} // namespace outrider::agent
