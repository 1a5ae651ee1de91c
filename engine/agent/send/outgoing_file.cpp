#include "engine/agent/send/outgoing_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string_view>

namespace outrider::agent {
namespace {

// How far back a line feed is looked for, bytes.
constexpr std::int64_t longest_line = std::int64_t{64} << 10;
// A file that was written to so recently is being written, seconds.
constexpr std::int64_t recent = 10;
// Two ticks of a slow kernel's clock.
constexpr std::chrono::nanoseconds settling = std::chrono::milliseconds(20);

// The file is gone, or became something else, since it was seen, or is not for us to read: the
// client is told that it is missing, and the others can be sent all the same.
bool is_out_of_reach(int error_number) {
    switch (error_number) {
    case EACCES:
    case EPERM:
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENXIO:
    case ENODEV:
    case ESTALE:
        return true;
    default:
        return false;
    }
}

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_nsec};
}

timespec current_time() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now;
}

bool is_being_written(const struct stat& state) {
    const auto now = current_time();
    return std::int64_t{now.tv_sec} - std::int64_t{state.st_mtim.tv_sec} <= recent;
}

} // namespace

result<std::optional<outgoing_file>> outgoing_file::open(int parent, const std::string& name,
                                                         int flags, bool whole_lines,
                                                         std::string path) {
    outgoing_file out;
    // Not blocking: what was a file a moment ago may be a FIFO now.
    out.file_ = descriptor(
        ::openat(parent, name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags));
    if (!out.file_ && is_out_of_reach(errno)) {
        return std::optional<outgoing_file>();
    }
    if (!out.file_ || ::fstat(out.file_.get(), &out.state_) != 0) {
        return errno_failure(errno, "read " + path);
    }
    if (!S_ISREG(out.state_.st_mode)) {
        return std::optional<outgoing_file>();
    }
    out.path_ = std::move(path);
    out.whole_lines_ = whole_lines;
    out.size_ = out.size_to_send();
    return std::optional<outgoing_file>(std::move(out));
}

std::int64_t outgoing_file::mtime_ns() const {
    return nanoseconds(state_.st_mtim);
}

std::chrono::nanoseconds outgoing_file::unsettled() const {
    const std::chrono::nanoseconds age(nanoseconds(current_time()) - mtime_ns());
    // A time to come is another machine's: it tells nothing.
    return age.count() < 0 || age > settling ? std::chrono::nanoseconds(0) : settling - age;
}

result<outgoing_file::change> outgoing_file::look_again() {
    struct stat now{};
    if (::fstat(file_.get(), &now) != 0) {
        return errno_failure(errno, "read " + path_);
    }
    const auto before = std::exchange(state_, now);
    size_ = size_to_send();
    if (now.st_size > before.st_size) {
        return change::grew;
    }
    // Not by the time of status change: a file that is renamed or removed keeps its content.
    return now.st_size == before.st_size && nanoseconds(now.st_mtim) == nanoseconds(before.st_mtim)
               ? change::none
               : change::other;
}

result<std::size_t> outgoing_file::read(std::int64_t offset, char* to, std::size_t size) const {
    std::size_t have = 0;
    while (have < size) {
        const auto got =
            ::pread(file_.get(), to + have, size - have, offset + static_cast<std::int64_t>(have));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errno_failure(errno, "read " + path_);
        }
        if (got == 0) {
            break;
        }
        have += static_cast<std::size_t>(got);
    }
    return have;
}

std::int64_t outgoing_file::hole_end(std::int64_t offset) const {
    const auto data = ::lseek(file_.get(), offset, SEEK_DATA);
    if (data >= 0) {
        return data;
    }
    // ENXIO: no more data. Anything else: a file system that knows no holes.
    return errno == ENXIO ? std::max<std::int64_t>(::lseek(file_.get(), 0, SEEK_END), offset)
                          : offset;
}

std::int64_t outgoing_file::data_end(std::int64_t offset) const {
    const auto hole = ::lseek(file_.get(), offset, SEEK_HOLE);
    return hole > offset ? hole : std::max<std::int64_t>(state_.st_size, offset);
}

void outgoing_file::announce_reading() const {
    ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

std::int64_t outgoing_file::size_to_send() const {
    const std::int64_t size = state_.st_size;
    if (!whole_lines_ || size == 0 || !is_being_written(state_)) {
        return size;
    }
    std::string end(static_cast<std::size_t>(std::min(size, longest_line)), '\0');
    const auto start = size - static_cast<std::int64_t>(end.size());
    const auto got = read(start, end.data(), end.size());
    const auto feed = std::string_view(end).substr(0, got ? *got : 0).rfind('\n');
    return feed == std::string_view::npos ? size : start + static_cast<std::int64_t>(feed) + 1;
}

} // namespace outrider::agent
