#include "transports/ssh/greeting.hpp"

#include "engine/reactor/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

namespace outrider::ssh {
namespace {

awaitable<result<>> readable(asio::posix::stream_descriptor& socket) {
    const auto [error] =
        co_await socket.async_wait(socket.wait_read, asio::as_tuple(asio::use_awaitable));
    if (error) {
        co_return failure(errc::cancelled, "cancelled");
    }
    co_return result<>();
}

} // namespace

awaitable<result<greeting>> hear_greeting(const descriptor& socket,
                                          std::chrono::milliseconds limit) {
    // A duplicate: the socket itself is libssh's afterwards.
    const int duplicate = ::fcntl(socket.get(), F_DUPFD_CLOEXEC, 3);
    if (duplicate < 0) {
        co_return errno_failure(errno, "duplicate the socket");
    }
    asio::posix::stream_descriptor watched(co_await asio::this_coro::executor, duplicate);
    const auto ready = co_await with_deadline(readable(watched), limit, "silent");
    if (!ready && ready.error().kind() == errc::timed_out) {
        co_return greeting{};
    }
    if (!ready) {
        co_return ready.error();
    }
    char first[128];
    const ssize_t got = ::recv(socket.get(), first, sizeof first, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) {
        co_return greeting{};
    }
    if (got <= 0) {
        co_return greeting{.what = greeting::kind::ended, .text = {}};
    }
    std::string text(first, static_cast<std::size_t>(got));
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return std::isprint(c) == 0; }, '?');
    co_return greeting{.what = greeting::kind::spoken, .text = std::move(text)};
}

} // namespace outrider::ssh
