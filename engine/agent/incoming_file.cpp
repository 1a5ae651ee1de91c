#include "engine/agent/incoming_file.hpp"

#include "engine/agent/file_writing.hpp"
#include "engine/agent/tree_removal.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <ctime>
#include <memory>

namespace outrider::agent {
namespace {

// Age after which files of a dead owner are taken for leftovers.
constexpr std::time_t stale_seconds = 24 * 60 * 60;

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

result<> incoming_file::write(std::string_view bytes) {
    hash_.update(bytes);
    const std::int64_t offset = size_;
    size_ += static_cast<std::int64_t>(bytes.size());
    return write_around_holes(file_.get(), bytes, offset, entry_.path);
}

result<> incoming_file::finish(const protocol::file_end& end) {
    if (end.size != size_ || end.hash != hash_.hex()) {
        return failure(errc::protocol_violation,
                       entry_.path + " did not arrive as it was sent (" + std::to_string(size_) +
                           " of " + std::to_string(end.size) + " bytes, or a wrong hash)");
    }
    const timespec times[2] = {{0, UTIME_OMIT}, time_of(entry_.mtime_ns)};
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
