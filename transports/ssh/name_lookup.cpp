#include "transports/ssh/name_lookup.hpp"

#include "engine/core/descriptor.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace outrider::ssh {
namespace {

using asio::ip::tcp;

/// Threads of their own: a silent name server holds one for half a minute, and the blocking pool is
/// short. The pool is never destroyed, for that would wait for such a server at the program's end.
asio::thread_pool& lookups() {
    constexpr std::size_t at_once = 16;
    static auto& pool = *new asio::thread_pool(at_once);
    return pool;
}

/// Shared by the thread that asks and the coroutine that waits. The coroutine may be gone before
/// the thread is done, so the thread says that it is by a descriptor and calls nobody.
struct lookup {
    std::string host;
    std::string port;
    int family = AF_UNSPEC;
    descriptor done;
    int error = 0;
    std::vector<tcp::endpoint> found;

    void run() {
        addrinfo hints{};
        hints.ai_family = family;
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_flags = AI_NUMERICSERV;
        addrinfo* list = nullptr;
        error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
        for (const addrinfo* each = error == 0 ? list : nullptr; each != nullptr;
             each = each->ai_next) {
            tcp::endpoint address;
            if (each->ai_addrlen <= address.capacity()) {
                address.resize(each->ai_addrlen);
                std::memcpy(address.data(), each->ai_addr, each->ai_addrlen);
                found.push_back(address);
            }
        }
        if (list != nullptr) {
            ::freeaddrinfo(list);
        }
        ::eventfd_write(done.get(), 1);
    }
};

} // namespace

awaitable<result<std::vector<tcp::endpoint>>> look_up_name(std::string host, std::uint16_t port,
                                                           std::string family) {
    const auto asked = std::make_shared<lookup>();
    asked->host = std::move(host);
    asked->port = std::to_string(port);
    asked->family = family == "inet" ? AF_INET : family == "inet6" ? AF_INET6 : AF_UNSPEC;
    asked->done.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const int watched = ::fcntl(asked->done.get(), F_DUPFD_CLOEXEC, 3);
    if (watched < 0) {
        co_return errno_failure(errno, "make an event descriptor");
    }
    asio::posix::stream_descriptor done(co_await asio::this_coro::executor, watched);
    asio::post(lookups(), [asked] {
        if (asked.use_count() > 1) { // else nobody waits for it any more
            asked->run();
        }
    });
    const auto [cancelled] =
        co_await done.async_wait(done.wait_read, asio::as_tuple(asio::use_awaitable));
    if (cancelled) {
        co_return failure(errc::cancelled, "cancelled");
    }
    if (asked->found.empty()) {
        co_return failure(errc::resolve_failed,
                          asked->error != 0 ? ::gai_strerror(asked->error) : "no usable address");
    }
    co_return std::move(asked->found);
}

} // namespace outrider::ssh
