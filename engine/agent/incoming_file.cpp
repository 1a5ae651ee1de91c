#include "engine/agent/incoming_file.hpp"

#include "engine/agent/tree_removal.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <memory>

namespace outrider::agent {
namespace {

// The unit in which file systems keep holes.
constexpr std::int64_t hole_block = 4096;
// Age after which files of a dead owner are taken for leftovers.
constexpr std::time_t stale_seconds = 24 * 60 * 60;

// Compares the bytes with themselves, shifted by one: far quicker than byte by byte.
bool all_zero(std::string_view bytes) {
    return bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

bool is_stale(int incoming, const char* entry, std::string_view prefix, std::time_t now) {
    const std::string_view name = entry;
    pid_t owner = 0;
    if (!name.starts_with(prefix) ||
        std::from_chars(entry + prefix.size(), entry + name.size(), owner).ec != std::errc{}) {
        return false;
    }
    struct stat found{};
    return ::fstatat(incoming, entry, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
           found.st_ctime < now - stale_seconds &&
           (owner <= 0 || (::kill(owner, 0) != 0 && errno == ESRCH));
}

} // namespace

std::string incoming_name() {
    static std::uint64_t counter = 0;
    return std::to_string(::getpid()) + "." + std::to_string(++counter);
}

void sweep_incoming(int incoming, std::string_view prefix, std::time_t now) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(
        ::fdopendir(::openat(incoming, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), &::closedir);
    if (!listing) {
        return;
    }
    while (const dirent* entry = ::readdir(listing.get())) {
        if (is_stale(incoming, entry->d_name, prefix, now)) {
            std::ignore = remove_tree(incoming, entry->d_name); // tried again another time
        }
    }
}

incoming_file::incoming_file(int incoming, std::string name, descriptor file,
                             protocol::file_entry entry)
    : incoming_(incoming), name_(std::move(name)), file_(std::move(file)),
      entry_(std::move(entry)) {}

incoming_file::~incoming_file() {
    if (file_ && !name_.empty()) {
        ::unlinkat(incoming_, name_.c_str(), 0);
    }
}

result<incoming_file> incoming_file::create(int incoming, protocol::file_entry entry) {
    std::string name = incoming_name();
    // A leftover of an earlier process with our pid may hold the name.
    ::unlinkat(incoming, name.c_str(), 0);
    descriptor file(::openat(incoming, name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) {
        return errno_failure(errno, "write " + entry.path);
    }
    return incoming_file(incoming, std::move(name), std::move(file), std::move(entry));
}

result<> incoming_file::write_at(std::string_view bytes, std::int64_t offset) const {
    while (!bytes.empty()) {
        const auto wrote = ::pwrite(file_.get(), bytes.data(), bytes.size(), offset);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote < 0) {
            return errno_failure(errno, "write " + entry_.path);
        }
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
        offset += wrote;
    }
    return {};
}

result<> incoming_file::write(std::string_view bytes) {
    hash_.update(bytes);
    std::size_t pending = 0; // bytes before `at` that are not written yet
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::int64_t offset = size_ + static_cast<std::int64_t>(at);
        const auto block =
            std::min(static_cast<std::size_t>(hole_block - offset % hole_block), bytes.size() - at);
        if (block == hole_block && all_zero(bytes.substr(at, block))) {
            if (auto wrote = write_at(bytes.substr(at - pending, pending),
                                      offset - static_cast<std::int64_t>(pending));
                !wrote) {
                return wrote;
            }
            pending = 0;
        } else {
            pending += block;
        }
        at += block;
    }
    const std::int64_t end = size_ + static_cast<std::int64_t>(bytes.size());
    size_ = end;
    return write_at(bytes.substr(bytes.size() - pending), end - static_cast<std::int64_t>(pending));
}

result<> incoming_file::finish(const protocol::file_end& end) {
    if (end.size != size_ || end.hash != hash_.hex()) {
        return failure(errc::protocol_violation,
                       entry_.path + " did not arrive as it was sent (" + std::to_string(size_) +
                           " of " + std::to_string(end.size) + " bytes, or a wrong hash)");
    }
    const timespec times[2] = {{0, UTIME_OMIT},
                               {static_cast<std::time_t>(entry_.mtime_ns / 1'000'000'000),
                                static_cast<long>(entry_.mtime_ns % 1'000'000'000)}};
    // The length comes last: a hole at the end is not written by anything else.
    if (::ftruncate(file_.get(), size_) != 0 || ::fchmod(file_.get(), entry_.mode & 0777) != 0 ||
        ::futimens(file_.get(), times) != 0) {
        return errno_failure(errno, "write " + entry_.path);
    }
    return {};
}

result<> incoming_file::move_to(int parent, const std::string& name) {
    if (::renameat(incoming_, name_.c_str(), parent, name.c_str()) != 0) {
        return errno_failure(errno, "write " + entry_.path);
    }
    name_.clear();
    // Network file systems tell of a full quota only now.
    if (::close(file_.release()) != 0) {
        return errno_failure(errno, "write " + entry_.path);
    }
    return {};
}

} // namespace outrider::agent
