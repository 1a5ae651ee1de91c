#include "engine/agent/edit/run_removal.hpp"

#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

namespace outrider::agent {

result<tree_removal> begin_run_removal(const run_paths& run) {
    const auto parent = run.directory.parent_path();
    descriptor runs(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!runs) {
        return errno_failure(errno, "cannot remove " + run.directory.string());
    }
    if (auto removed = remove_file(run.opref()); !removed) {
        return removed.error();
    }
    return tree_removal(std::move(runs), run.directory.filename().native());
}

result<> move_run(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return errno_failure(errno, "cannot move " + from.string() + " to " + to.string());
    }
    return {};
}

bool stands_at(const fs::path& path) {
    struct stat facts{};
    return ::lstat(path.c_str(), &facts) == 0;
}

} // namespace outrider::agent
