#include "engine/agent/files/run_lock.hpp"

#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace outrider::agent {

result<std::optional<descriptor>> try_lock_run(const run_paths& run) {
    if (auto made = make_directories(run.ours()); !made) {
        return made.error();
    }
    descriptor lock(::open(run.start_lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!lock) {
        return errno_failure(errno, "cannot lock the run " + run.directory.string());
    }
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return std::optional<descriptor>{};
        }
        return errno_failure(errno, "cannot lock the run " + run.directory.string());
    }
    // A start that failed removes the directory, and with it the file that we may have waited for.
    struct stat held{};
    struct stat named{};
    if (::fstat(lock.get(), &held) != 0 || ::stat(run.start_lock().c_str(), &named) != 0 ||
        held.st_ino != named.st_ino || held.st_dev != named.st_dev) {
        return std::optional<descriptor>{};
    }
    return std::optional<descriptor>(std::move(lock));
}

} // namespace outrider::agent
