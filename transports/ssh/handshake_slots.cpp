#include "transports/ssh/handshake_slots.hpp"

namespace outrider::ssh {

handshake_slots::lease::lease(handshake_slots& owner, std::string server)
    : owner_(&owner), server_(std::move(server)) {
    ++owner_->total_;
    ++owner_->by_server_[server_];
}

handshake_slots::lease::lease(lease&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), server_(std::move(other.server_)) {}

handshake_slots::lease::~lease() {
    if (owner_ != nullptr) {
        --owner_->total_;
        if (--owner_->by_server_[server_] == 0) {
            owner_->by_server_.erase(server_);
        }
        owner_->freed_->notify();
    }
}

awaitable<result<handshake_slots::lease>> handshake_slots::acquire(std::string server) {
    if (!freed_) {
        freed_.emplace(co_await asio::this_coro::executor);
    }
    const auto busy = [&] {
        const auto here = by_server_.find(server);
        return total_ >= in_all || (here != by_server_.end() && here->second >= to_one_server);
    };
    while (busy()) {
        if (!co_await freed_->wait()) {
            co_return failure(errc::cancelled, "cancelled");
        }
    }
    co_return lease(*this, std::move(server));
}

} // namespace outrider::ssh
