#include "engine/agent/files/beneath.hpp"

#include <fcntl.h>

#include <cerrno>
#include <climits>

namespace outrider::agent {
namespace {

// Components of a name; deeper trees are refused.
constexpr int deepest_path = 256;

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

result<descriptor> step_into(int from, const std::string& name, std::string_view path,
                             bool create) {
    if (create && ::mkdirat(from, name.c_str(), 0777) != 0 && errno != EEXIST) {
        return errno_failure(errno, "make directory " + std::string(path));
    }
    descriptor next(::openat(from, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next) {
        return step_failure(errno, path, name);
    }
    return next;
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
            ++depth > deepest_path) {
            return false;
        }
    }
    return true;
}

result<path_beneath> parent_beneath(int root, std::string_view path, bool create) {
    if (!is_safe_path(path)) {
        return leads_outside(path);
    }
    descriptor at(::openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!at) {
        return errno_failure(errno, "open " + std::string(path));
    }
    auto rest = path;
    for (;;) {
        std::string name(first_component(rest));
        if (rest.empty()) {
            return path_beneath{std::move(at), std::move(name)};
        }
        auto next = step_into(at.get(), name, path, create);
        if (!next) {
            return next.error();
        }
        at = std::move(*next);
    }
}

result<descriptor> open_beneath(int root, std::string_view path, int flags) {
    auto where = parent_beneath(root, path, false);
    if (!where) {
        return where.error();
    }
    descriptor file(
        ::openat(where->parent.get(), where->name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file) {
        return step_failure(errno, path, where->name);
    }
    return file;
}

result<descriptor> open_directory(const std::string& path, bool create, mode_t mode) {
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
    descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
        return errno_failure(errno, "open directory " + path);
    }
    return directory;
}

} // namespace outrider::agent
