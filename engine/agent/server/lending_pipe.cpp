#include "engine/agent/server/lending_pipe.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::agent {
namespace {

bool is_pipe(int fd) {
    struct stat what{};
    return ::fstat(fd, &what) == 0 && S_ISFIFO(what.st_mode);
}

} // namespace

lending_pipe::lending_pipe(int fd) : fd_(fd), can_lend_(is_pipe(fd)) {}

ssize_t lending_pipe::write(std::string_view bytes, const std::shared_ptr<const void>& owner) {
    ssize_t wrote = -1;
    if (can_lend_ && owner && bytes.size() >= least_loan) {
        const iovec piece{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
        wrote = ::vmsplice(fd_, &piece, 1, SPLICE_F_NONBLOCK);
        if (wrote > 0) {
            loans_.push_back({written_ + wrote, owner});
        } else if (errno == EAGAIN || errno == EINTR) {
            return wrote;
        } else {
            can_lend_ = false; // a kernel, or a sandbox, that does not do it
        }
    }
    if (wrote < 0) {
        wrote = ::write(fd_, bytes.data(), bytes.size());
    }
    written_ += wrote > 0 ? wrote : 0;
    return wrote;
}

void lending_pipe::collect() {
    int unread = 0;
    if (loans_.empty() || ::ioctl(fd_, FIONREAD, &unread) != 0) {
        return;
    }
    while (!loans_.empty() && loans_.front().end <= written_ - unread) {
        loans_.pop_front();
    }
}

} // namespace outrider::agent
