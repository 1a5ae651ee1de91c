#include "transports/ssh/handshake_slots.hpp"

namespace outrider::ssh {
namespace {

/// Stands in the list of those who wait, also when the waiting coroutine is destroyed.
class waiting_place {
  public:
    waiting_place(std::list<notifier*>& list, notifier& own)
        : list_(list), position_(list.insert(list.end(), &own)) {}
    waiting_place(const waiting_place&) = delete;
    waiting_place& operator=(const waiting_place&) = delete;
    ~waiting_place() { list_.erase(position_); }

  private:
    std::list<notifier*>& list_;
    std::list<notifier*>::iterator position_;
};

} // namespace

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
        for (auto* each : owner_->waiting_) {
            each->notify();
        }
    }
}

awaitable<result<handshake_slots::lease>> handshake_slots::acquire(std::string server) {
    const auto busy = [&] {
        const auto here = by_server_.find(server);
        return total_ >= in_all || (here != by_server_.end() && here->second >= to_one_server);
    };
    if (!busy()) {
        co_return lease(*this, std::move(server));
    }
    notifier freed(co_await asio::this_coro::executor);
    const waiting_place place(waiting_, freed);
    while (busy()) {
        if (!co_await freed.wait()) {
            co_return failure(errc::cancelled, "cancelled");
        }
    }
    co_return lease(*this, std::move(server));
}

} // namespace outrider::ssh
