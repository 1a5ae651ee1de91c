#include "engine/agent/receive/basis_lookahead.hpp"

#include <algorithm>
#include <vector>

namespace outrider::agent {
namespace {

// Files that are prepared ahead of the one that is being received, and their blocks.
constexpr std::size_t prepared_ahead = 2;
constexpr std::int64_t blocks_ahead = std::int64_t{1} << 19;

} // namespace

result<> basis_lookahead::look(run_intake& run, const std::deque<protocol::file_order>& window) {
    std::int64_t blocks = 0;
    for (const auto& each : ahead_) {
        blocks += each->expected_blocks();
    }
    while (looked_at_ < window.size()) {
        const auto& order = window[looked_at_];
        if (!order.basis || order.entry.type != protocol::file_type::regular) {
            ++looked_at_;
            continue;
        }
        const auto size = order.entry.size / static_cast<std::int64_t>(protocol::block_size);
        if (ahead_.size() >= prepared_ahead ||
            blocks > blocks_ahead - std::min(size, blocks_ahead)) {
            return {};
        }
        auto found = run.find_basis(order);
        if (!found) {
            return found.error();
        }
        blocks += (*found)->expected_blocks();
        ahead_.push_back(std::move(*found));
        ++looked_at_;
    }
    return {};
}

result<std::unique_ptr<basis_signature>> basis_lookahead::take(run_intake& run,
                                                               const protocol::file_order& order) {
    const bool looked_at = looked_at_ > 0;
    looked_at_ -= looked_at ? 1 : 0;
    if (!order.basis || order.entry.type != protocol::file_type::regular) {
        return std::unique_ptr<basis_signature>();
    }
    if (!looked_at) {
        return run.find_basis(order);
    }
    auto basis = std::move(ahead_.front());
    ahead_.pop_front();
    return basis;
}

void basis_lookahead::abandon(bool drop) {
    for (const auto& each : ahead_) {
        if (drop && each->file() != nullptr) {
            each->file()->drop();
        }
    }
    ahead_.clear();
}

result<bool> basis_lookahead::prepare(basis_signature* current, reply_channel& channel,
                                      clock::time_point deadline) {
    std::vector<basis_signature*> all;
    if (current != nullptr) {
        all.push_back(current);
    }
    for (const auto& each : ahead_) {
        all.push_back(each.get());
    }
    for (auto* basis : all) {
        if (basis->told()) {
            continue;
        }
        if (channel.congested()) {
            return false;
        }
        if (auto stepped = basis->step(deadline); !stepped) {
            return stepped.error();
        }
        basis->tell(channel);
        if (!basis->complete() || clock::now() >= deadline) {
            return false;
        }
    }
    return true;
}

} // namespace outrider::agent
