#include "transports/ssh/tcp_connect.hpp"

#include "engine/core/descriptor.hpp"
#include "engine/reactor/awaitable.hpp"
#include "engine/reactor/deadline.hpp"
#include "engine/reactor/tuple_awaitable.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

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

/// The addresses of a host, in the system's order; `family` is any, inet or inet6. Many at once;
/// when the waiting coroutine is cancelled it ends at once, however long the name server is silent.
/// Fails with `resolve_failed`; the context is the system's word.
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

using asio::ip::tcp;

std::string place(const tcp::endpoint& to) {
    return to.address().to_string() + " port " + std::to_string(to.port());
}

/// A dead peer is found in 15 s: probes after 5 s of silence, and the same bound on unacknowledged
/// data.
void set_options(int socket) {
    const auto set = [socket](int level, int option, int value) {
        ::setsockopt(socket, level, option, &value, sizeof value);
    };
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 5);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 3);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, 15'000);
}

awaitable<result<std::vector<tcp::endpoint>>> look_up(const tcp_target& target) {
    boost::system::error_code error;
    const auto literal = asio::ip::make_address(target.host, error);
    if (!error) {
        co_return std::vector<tcp::endpoint>{{literal, target.port}};
    }
    auto found = co_await look_up_name(target.host, target.port, target.family);
    if (!found) {
        co_return failure(found.error().code, target.label + ": look up " + target.host + ": " +
                                                  found.error().context + " (check the host name)");
    }
    co_return found;
}

std::string advice(const boost::system::error_code& error) {
    if (error == asio::error::connection_refused) {
        return "connection refused (is sshd running there, on this port?)";
    }
    std::string text = error.message();
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text + " (is the machine up and reachable from here?)";
}

awaitable<result<descriptor>> connect_one(const tcp_target& target, tcp::endpoint to,
                                          boost::system::error_code& cause) {
    const std::string phase = target.label + ": connect to " + place(to) + ": ";
    tcp::socket socket(co_await asio::this_coro::executor);
    boost::system::error_code error;
    socket.open(to.protocol(), error);
    if (error) {
        co_return failure(errc::connect_failed, phase + error.message());
    }
    set_options(socket.native_handle());
    if (!target.bind_address.empty()) {
        const auto own = asio::ip::make_address(target.bind_address, error);
        if (!error) {
            socket.bind(tcp::endpoint(own, 0), error);
        }
        if (error) {
            co_return failure(errc::bad_input, phase + "BindAddress " + target.bind_address + ": " +
                                                   error.message());
        }
    }
    std::tie(error) = co_await socket.async_connect(to, tuple_awaitable);
    cause = error;
    if (error == asio::error::operation_aborted) {
        co_return failure(errc::cancelled, phase + "cancelled");
    }
    if (error) {
        co_return failure(errc::connect_failed, phase + advice(error));
    }
    co_return descriptor(socket.release());
}

} // namespace

awaitable<tcp_outcome> tcp_connect(tcp_target target, time_budget& budget) {
    const auto endpoints = co_await with_deadline(
        look_up(target), budget.remaining(),
        target.label + ": look up " + target.host + ": no answer in time (is the name server up?)");
    if (!endpoints) {
        co_return tcp_outcome{endpoints.error(), {}};
    }
    tcp_outcome last;
    for (std::size_t at = 0; at < endpoints->size(); ++at) {
        const auto& to = (*endpoints)[at];
        const auto share = budget.remaining() / static_cast<int>(endpoints->size() - at);
        last.cause.clear();
        last.socket = co_await with_deadline(
            connect_one(target, to, last.cause), std::max(share, std::chrono::milliseconds(1)),
            target.label + ": connect to " + place(to) +
                ": no answer in time (is the machine up, or does a firewall drop this?)");
        if (last.socket || last.socket.error().kind() == errc::cancelled) {
            break;
        }
    }
    co_return last;
}

} // namespace outrider::ssh
