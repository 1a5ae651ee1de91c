#include "transports/ssh/read_ahead.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace outrider::ssh {
namespace {

/// Taken from a socket at once, bytes: little enough to be in the processor's cache still when
/// libssh has it decrypted.
constexpr std::size_t room = std::size_t{128} << 10;

/// What was read ahead in this thread. The memory stays: the next pump needs it as well.
struct reading {
    int socket = -1; // none: libssh reads for itself
    std::unique_ptr<char[]> bytes;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool filled = false;

    ssize_t refill(int flags) {
        if (!bytes) {
            bytes = std::make_unique_for_overwrite<char[]>(room);
        }
        const auto got = ::recv(socket, bytes.get(), room, flags);
        begin = 0;
        end = got > 0 ? static_cast<std::size_t>(got) : 0;
        filled = end == room;
        return got;
    }
};
thread_local reading ahead;

} // namespace

read_ahead::read_ahead(int socket) {
    ahead.socket = socket;
    ahead.begin = ahead.end = 0;
    ahead.filled = false;
}

read_ahead::~read_ahead() {
    ahead.socket = -1;
    ahead.begin = ahead.end = 0; // of a session that has died
}

std::size_t read_ahead::unread() const {
    return ahead.end - ahead.begin;
}

bool read_ahead::may_have_more() const {
    return ahead.filled;
}

} // namespace outrider::ssh

using outrider::ssh::ahead;

extern "C" {

ssize_t outrider_libssh_recv(int socket, void* to, std::size_t size, int flags) {
    if (socket != ahead.socket) {
        return ::recv(socket, to, size, flags);
    }
    if (ahead.begin == ahead.end) {
        if (const auto got = ahead.refill(flags); got <= 0) {
            return got;
        }
    }
    const auto taken = std::min(size, ahead.end - ahead.begin);
    std::memcpy(to, ahead.bytes.get() + ahead.begin, taken);
    ahead.begin += taken;
    return static_cast<ssize_t>(taken);
}

int outrider_libssh_poll(pollfd* polled, nfds_t count, int timeout_ms) {
    const bool readable = count == 1 && polled->fd == ahead.socket && ahead.begin != ahead.end &&
                          (polled->events & POLLIN) != 0;
    if (!readable) {
        return ::poll(polled, count, timeout_ms);
    }
    // libssh asks whether it may write each time. It hears so when all is read, which is soon.
    polled->revents = POLLIN;
    return 1;
}

/// As memcpy(3). The C library copies larger pieces with an instruction that is sixteen times as
/// slow on some processors (Zen 3 and 4, before glibc 2.39) where the place within a page is just
/// behind that of the source: that is how libssh's buffers often lie (glibc bug 30994).
void* outrider_libssh_memcpy(void* to, const void* from, std::size_t size) {
    constexpr std::size_t piece = 2048;
    auto* target = static_cast<char*>(to);
    const auto* source = static_cast<const char*>(from);
    for (; size > piece; size -= piece, target += piece, source += piece) {
        std::memcpy(target, source, piece);
    }
    std::memcpy(target, source, size);
    return to;
}

} // extern "C"
