#include "engine/agent/server/event_set.hpp"

#include <poll.h>
#include <sys/epoll.h>

namespace outrider::agent {

event_set::event_set() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

bool event_set::add(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void event_set::remove(int fd) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

bool event_set::is_ready(int fd) {
    pollfd polled{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&polled, 1, 0) > 0;
}

} // namespace outrider::agent
