#include "engine/agent/files/file_mark.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace outrider::agent {
namespace {

std::int64_t nanoseconds(const statx_timestamp& time) {
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

} // namespace

std::optional<file_mark> mark_of(int directory, const std::string& path) {
    constexpr unsigned wanted = STATX_INO | STATX_SIZE | STATX_MTIME | STATX_CTIME;
    struct statx found{};
    // A network file system would otherwise answer from its memory of some seconds ago.
    if (::statx(directory, path.c_str(), AT_STATX_FORCE_SYNC, wanted, &found) != 0) {
        return errno == ENOENT || errno == ENOTDIR ? std::optional<file_mark>(file_mark{})
                                                   : std::nullopt;
    }
    if ((found.stx_mask & wanted) != wanted || found.stx_ino == 0) {
        return std::nullopt;
    }
    return file_mark{.inode = found.stx_ino,
                     .size = found.stx_size,
                     .modified_ns = nanoseconds(found.stx_mtime),
                     .changed_ns = nanoseconds(found.stx_ctime)};
}

} // namespace outrider::agent
