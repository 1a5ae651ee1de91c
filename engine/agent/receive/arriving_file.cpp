#include "engine/agent/receive/arriving_file.hpp"

#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/receive/file_writing.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace outrider::agent {
namespace {

// What an interrupted transfer left: a file of ours with no other name, and nothing else.
descriptor open_leftover(int incoming, const std::string& name, std::int64_t& size) {
    descriptor file(::openat(incoming, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat found{};
    if (!file || ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode) ||
        found.st_nlink != 1) {
        return {};
    }
    size = found.st_size;
    return file;
}

} // namespace

arriving_file::arriving_file(source from, descriptor file, std::int64_t extent)
    : from_(std::move(from)), file_(std::move(file)), extent_(extent) {}

arriving_file::~arriving_file() {
    if (!from_.name.empty() && (dropped_ || !from_.resumable || extent_ == 0)) {
        ::unlinkat(from_.incoming, from_.name.c_str(), 0);
    }
}

result<arriving_file> arriving_file::open(source from, bool keep_content) {
    if (keep_content) {
        std::int64_t size = 0;
        if (auto file = open_leftover(from.incoming, from.name, size)) {
            return arriving_file(std::move(from), std::move(file), size);
        }
    }
    // A leftover may be larger than what comes: it is not worth truncating.
    if (auto removed = remove_tree(from.incoming, from.name); !removed) {
        return removed.error();
    }
    descriptor file(::openat(from.incoming, from.name.c_str(),
                             O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) {
        return errno_failure(errno, "write " + from.path);
    }
    return arriving_file(std::move(from), std::move(file), 0);
}

result<> arriving_file::noted(result<> done) {
    if (!done && done.error().kind() == errc::no_space) {
        dropped_ = true; // its space may be what is missing elsewhere
    }
    return done;
}

bool arriving_file::clone(int other, std::int64_t size) {
    if (extent_ != 0 || ::ioctl(file_.get(), FICLONE, other) != 0) {
        return false;
    }
    extent_ = size;
    return true;
}

result<> arriving_file::write(std::string_view bytes, std::int64_t offset) {
    const auto end = offset + static_cast<std::int64_t>(bytes.size());
    auto wrote = offset < extent_ ? write_at(file_.get(), bytes, offset, from_.path)
                                  : write_around_holes(file_.get(), bytes, offset, from_.path);
    extent_ = std::max(extent_, end);
    return noted(std::move(wrote));
}

result<> arriving_file::clear(std::int64_t offset, std::int64_t length) {
    length = std::min(length, extent_ - offset);
    if (length <= 0 ||
        ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length) == 0) {
        return {};
    }
    return noted(write_zeros(offset, length));
}

result<> arriving_file::write_zeros(std::int64_t offset, std::int64_t length) {
    const std::string zeros(static_cast<std::size_t>(std::min<std::int64_t>(length, 1 << 17)),
                            '\0');
    while (length > 0) {
        const auto piece = std::min(length, static_cast<std::int64_t>(zeros.size()));
        auto wrote = write_at(file_.get(),
                              std::string_view(zeros).substr(0, static_cast<std::size_t>(piece)),
                              offset, from_.path);
        if (!wrote) {
            return wrote;
        }
        offset += piece;
        length -= piece;
    }
    return {};
}

result<> arriving_file::finish(std::int64_t size, std::uint32_t mode, std::int64_t mtime_ns) {
    const timespec times[2] = {{0, UTIME_OMIT}, time_of(mtime_ns)};
    // The length comes last of what is written: nothing else writes a hole at the end.
    if (::ftruncate(file_.get(), size) != 0 || ::fchmod(file_.get(), mode & 0777) != 0 ||
        ::futimens(file_.get(), times) != 0 || ::close(file_.release()) != 0) {
        return noted(errno_failure(errno, "write " + from_.path));
    }
    return {};
}

std::string arriving_file::release() {
    return std::exchange(from_.name, {});
}

} // namespace outrider::agent
