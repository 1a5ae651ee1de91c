#include "tests/support/black_hole.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <tuple>

namespace outrider::testing {

black_hole::black_hole()
    : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listening_.get(), raw, size) != 0 || ::listen(listening_.get(), 0) != 0 ||
        ::getsockname(listening_.get(), raw, &size) != 0) {
        throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    // A connect within the queue succeeds at once on loopback; the first that does not is dropped.
    for (;;) {
        descriptor one(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        std::ignore = ::connect(one.get(), raw, size); // in progress
        pollfd connected{.fd = one.get(), .events = POLLOUT, .revents = 0};
        const bool full = ::poll(&connected, 1, 200) == 0;
        queue_.push_back(std::move(one));
        if (full) {
            return;
        }
        if (queue_.size() > 64) {
            throw std::runtime_error("the queue does not fill");
        }
    }
}

} // namespace outrider::testing
