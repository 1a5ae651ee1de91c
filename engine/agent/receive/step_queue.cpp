#include "engine/agent/receive/step_queue.hpp"

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

} // namespace outrider::agent
