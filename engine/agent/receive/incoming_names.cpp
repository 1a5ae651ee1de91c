#include "engine/agent/receive/incoming_names.hpp"

#include "engine/agent/files/tree_removal.hpp"

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

} // namespace outrider::agent
