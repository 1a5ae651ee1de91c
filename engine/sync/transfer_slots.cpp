#include "engine/sync/transfer_slots.hpp"

#include <algorithm>

namespace outrider {

std::int64_t transfer_slots::slot::share() const {
    return std::min(most_share, memory / std::max(owner_->used_, 1));
}

awaitable<result<transfer_slots::slot>> transfer_slots::take() {
    while (used_ >= most) {
        if (!co_await freed_.wait()) {
            co_return failure(errc::cancelled, "the transfer was cancelled");
        }
    }
    ++used_;
    co_return slot(this);
}

void transfer_slots::release() {
    --used_;
    freed_.notify();
}

} // namespace outrider
