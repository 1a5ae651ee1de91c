#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstddef>

namespace outrider::ssh {

/// While one lives, libssh's reads of one socket are served from larger ones: libssh itself takes
/// 4 KiB at a time, with a look at the socket before each, which is most of the system calls of a
/// bulk transfer. Whoever makes one lets libssh read until nothing is `unread`: nobody else would
/// know of those bytes. At most one at a time in a thread.
///
/// It works because our copy of libssh has its calls of recv(2) and poll(2) led to this file
/// (libssh.cmake).
class read_ahead {
  public:
    explicit read_ahead(int socket);
    read_ahead(const read_ahead&) = delete;
    read_ahead& operator=(const read_ahead&) = delete;
    ~read_ahead();

    /// Bytes that were taken from the socket, and not by libssh yet.
    [[nodiscard]] std::size_t unread() const;
    /// Whether the socket may have more: the last read took as much as there was room for.
    [[nodiscard]] bool may_have_more() const;
};

} // namespace outrider::ssh

/// What libssh calls instead of recv(2), poll(2) and memcpy(3), and may take for them.
extern "C" {
ssize_t outrider_libssh_recv(int socket, void* to, std::size_t size, int flags);
int outrider_libssh_poll(pollfd* polled, nfds_t count, int timeout_ms);
void* outrider_libssh_memcpy(void* to, const void* from, std::size_t size);
}
