#include "engine/remotes/resumed_stream.hpp"

#include <algorithm>

namespace outrider {

awaitable<result<std::size_t>> resumed_stream::read_some(std::span<char> into) {
    if (head_.empty() || into.empty()) {
        co_return co_await inner_->read_some(into);
    }
    const auto count = std::min(head_.size(), into.size());
    std::copy_n(head_.data(), count, into.data());
    head_.erase(0, count);
    co_return count;
}

} // namespace outrider
