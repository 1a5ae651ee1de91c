#include "engine/agent/machine/cache_directory.hpp"

#include "engine/runs/small_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace outrider::agent {
namespace {

fs::path shared_temporary() {
    const char* scratch = std::getenv("OUTRIDER_SCRATCH");
    const fs::path base = scratch != nullptr && scratch[0] == '/' ? scratch : "/tmp";
    return base / ("outrider-" + std::to_string(::getuid()));
}

bool can_hold_cache(const fs::path& base) {
    // The nearest directory that exists decides whether the rest could be made.
    for (fs::path at = base; !at.empty(); at = at.parent_path()) {
        if (::access(at.c_str(), F_OK) == 0) {
            return ::access(at.c_str(), W_OK | X_OK) == 0;
        }
        if (at == at.parent_path()) {
            break;
        }
    }
    return false;
}

} // namespace

fs::path cache_directory_for(const fs::path& executable, const std::string& user_home) {
    const fs::path agents = executable.parent_path().parent_path();
    if (executable.filename() == "outrider-agent" && agents.filename() == "agents") {
        return agents.parent_path();
    }
    const char* xdg = std::getenv("XDG_CACHE_HOME");
    const fs::path base =
        xdg != nullptr && xdg[0] == '/' ? fs::path(xdg) : fs::path(user_home) / ".cache";
    return can_hold_cache(base) ? base / "outrider" : shared_temporary();
}

result<> ensure_cache_directory(const fs::path& cache) {
    if (cache != shared_temporary()) {
        return make_directories(cache);
    }
    struct stat found{};
    if (::mkdir(cache.c_str(), 0700) != 0 && errno != EEXIST) {
        return errno_failure(errno, "cannot make the directory " + cache.string());
    }
    if (::lstat(cache.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) ||
        found.st_uid != ::getuid() || (found.st_mode & 022) != 0) {
        return failure(errc::permission_denied,
                       cache.string() + " belongs to somebody else or is open to others");
    }
    return {};
}

} // namespace outrider::agent
