#include "engine/agent/edit/run_removal.hpp"

#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

namespace outrider::agent {

namespace {

// Where a link leads to, as an absolute path; nothing: it is no link.
std::optional<std::string> target_of_link(const fs::path& path) {
    std::error_code error;
    const auto target = fs::read_symlink(path, error);
    return error ? std::nullopt
                 : std::optional((path.parent_path() / target).lexically_normal().native());
}

} // namespace

result<std::optional<protocol::removed_link>> remove_run_link(const run_paths& run) {
    auto target = target_of_link(run.directory);
    if (!target) {
        return std::optional<protocol::removed_link>();
    }
    if (auto removed = remove_file(run.directory); !removed) {
        return removed.error();
    }
    return std::optional(protocol::removed_link{.run_id = run.directory.filename().native(),
                                                .target = std::move(*target)});
}

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
    // A relative link would lead elsewhere from another directory.
    if (const auto target = target_of_link(from)) {
        std::error_code error;
        fs::create_directory_symlink(*target, to, error);
        return error ? errno_failure(error.value(),
                                     "cannot move " + from.string() + " to " + to.string())
                     : remove_file(from);
    }
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
