#include "transports/ssh/tcp_connect.hpp"

#include "engine/reactor/deadline.hpp"
#include "engine/reactor/tuple_awaitable.hpp"
#include "transports/ssh/name_lookup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <vector>

namespace outrider::ssh {
namespace {

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
