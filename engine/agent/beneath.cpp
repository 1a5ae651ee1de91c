#include "engine/agent/beneath.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <cerrno>
#include <climits>
#include <memory>
#include <vector>

namespace outrider::agent {
namespace {

// Directories below each other that are opened at once; deeper trees are refused, not a crash.
constexpr int deepest = 256;

failure leads_outside(std::string_view path) {
    return {errc::bad_input, "the name '" + std::string(path) + "' leads outside its directory"};
}

std::string_view first_component(std::string_view& rest) {
    const auto slash = rest.find('/');
    const auto name = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    return name;
}

failure step_failure(int error_number, std::string_view path, std::string_view name) {
    if (error_number == ELOOP || error_number == ENOTDIR) {
        return {errc::bad_input, "the name '" + std::string(path) + "' leads through '" +
                                     std::string(name) + "', which is not a directory"};
    }
    return errno_failure(error_number, "open " + std::string(path));
}

result<unique_fd> step_into(int from, const std::string& name, std::string_view path, bool create) {
    if (create && ::mkdirat(from, name.c_str(), 0777) != 0 && errno != EEXIST) {
        return errno_failure(errno, "make directory " + std::string(path));
    }
    unique_fd next(::openat(from, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next) {
        return step_failure(errno, path, name);
    }
    return next;
}

result<> remove_level(int parent, const std::string& name, int depth);

result<> empty_directory(unique_fd directory, const std::string& name, int depth) {
    std::vector<std::string> entries;
    {
        const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(::dup(directory.get())),
                                                          &::closedir);
        if (!listing) {
            return errno_failure(errno, "read directory " + name);
        }
        while (const dirent* entry = ::readdir(listing.get())) {
            const std::string_view found = entry->d_name;
            if (found != "." && found != "..") {
                entries.emplace_back(found);
            }
        }
    }
    for (const auto& entry : entries) {
        if (auto removed = remove_level(directory.get(), entry, depth + 1); !removed) {
            return removed;
        }
    }
    return {};
}

result<> remove_level(int parent, const std::string& name, int depth) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) {
        return {};
    }
    if (errno != EISDIR && errno != EPERM) {
        return errno_failure(errno, "remove " + name);
    }
    if (depth > deepest) {
        return failure(errc::io_failed, "remove " + name + ": directories are nested too deep");
    }
    // A directory that was copied with its modes may not be writable for its owner.
    ::fchmodat(parent, name.c_str(), 0700, AT_SYMLINK_NOFOLLOW);
    unique_fd directory(
        ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory) {
        return errno_failure(errno, "remove " + name);
    }
    if (auto emptied = empty_directory(std::move(directory), name, depth); !emptied) {
        return emptied;
    }
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
        return errno_failure(errno, "remove " + name);
    }
    return {};
}

} // namespace

bool is_safe_path(std::string_view path) {
    if (path.empty() || path.size() >= PATH_MAX || path.find('\0') != std::string_view::npos ||
        path.back() == '/') {
        return false;
    }
    int depth = 0;
    for (auto rest = path; !rest.empty();) {
        const auto name = first_component(rest);
        if (name.empty() || name == "." || name == ".." || name.size() > NAME_MAX ||
            ++depth > deepest) {
            return false;
        }
    }
    return true;
}

bool is_safe_name(std::string_view name) {
    return is_safe_path(name) && name.find('/') == std::string_view::npos;
}

result<place> parent_beneath(int root, std::string_view path, bool create) {
    if (!is_safe_path(path)) {
        return leads_outside(path);
    }
    unique_fd at(::openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!at) {
        return errno_failure(errno, "open " + std::string(path));
    }
    auto rest = path;
    for (;;) {
        std::string name(first_component(rest));
        if (rest.empty()) {
            return place{std::move(at), std::move(name)};
        }
        auto next = step_into(at.get(), name, path, create);
        if (!next) {
            return next.error();
        }
        at = std::move(*next);
    }
}

result<unique_fd> open_beneath(int root, std::string_view path, int flags) {
    auto where = parent_beneath(root, path, false);
    if (!where) {
        return where.error();
    }
    unique_fd file(
        ::openat(where->parent.get(), where->name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file) {
        return step_failure(errno, path, where->name);
    }
    return file;
}

result<> remove_tree(int parent, const std::string& name) {
    return remove_level(parent, name, 0);
}

result<unique_fd> open_directory(const std::string& path, bool create, mode_t mode) {
    if (create) {
        for (auto slash = path.find('/', 1); slash != std::string::npos;
             slash = path.find('/', slash + 1)) {
            // What cannot be made shows when the whole path is opened.
            ::mkdir(path.substr(0, slash).c_str(), mode);
        }
        if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
            return errno_failure(errno, "make directory " + path);
        }
    }
    unique_fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
        return errno_failure(errno, "open directory " + path);
    }
    return directory;
}

} // namespace outrider::agent
