#include "tests/support/cut_stream.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace outrider::testing {
namespace {

void happen_after(int turns, const asio::any_io_executor& executor,
                  const std::function<void()>& happens) {
    if (turns == 0) {
        happens();
        return;
    }
    asio::post(executor, [=] { happen_after(turns - 1, executor, happens); });
}

} // namespace

// Once it has happened without breaking, everything passes.
std::size_t cut_stream::allowance(std::size_t wanted) const {
    return cut_->done ? wanted : std::min(wanted, cut_->after - cut_->passed);
}

void cut_stream::pass(std::size_t bytes, const asio::any_io_executor& executor) {
    cut_->passed += bytes;
    if (!cut_->done && cut_->passed >= cut_->after) {
        cut_->done = true;
        if (cut_->happens) {
            happen_after(cut_->turns, executor, cut_->happens);
        }
    }
}

awaitable<result<std::size_t>> cut_stream::read_some(std::span<char> into) {
    const auto executor = co_await asio::this_coro::executor;
    if (cut_->reading) {
        pass(0, executor);
    }
    if (broken()) {
        co_return cut_->why;
    }
    if (!cut_->reading) {
        co_return co_await inner_->read_some(into);
    }
    auto got = co_await inner_->read_some(into.first(allowance(into.size())));
    if (got) {
        pass(*got, executor);
    }
    co_return got;
}

awaitable<result<>> cut_stream::write(std::string_view bytes) {
    const auto executor = co_await asio::this_coro::executor;
    if (!cut_->reading) {
        pass(0, executor);
    }
    while (!broken() && !bytes.empty()) {
        const auto piece = bytes.substr(0, cut_->reading ? bytes.size() : allowance(bytes.size()));
        if (auto sent = co_await inner_->write(piece); !sent) {
            co_return sent;
        }
        bytes.remove_prefix(piece.size());
        if (!cut_->reading) {
            pass(piece.size(), executor);
        }
    }
    co_return broken() ? result<>(cut_->why) : result<>();
}

} // namespace outrider::testing
