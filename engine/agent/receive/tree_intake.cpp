#include "engine/agent/receive/tree_intake.hpp"

#include "engine/agent/receive/file_writing.hpp"
#include "engine/agent/receive/incoming_names.hpp"
#include "engine/core/result.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace outrider::agent {
namespace {

// An entry is replaced by one of another type in one step where the system can exchange two names.
// `incoming` is an open directory on the same file system, for what is not in place.

/// Puts the file or link `temporary` of `incoming` where there is a directory, which is then in
/// `incoming` under some name and left to whoever empties that.
result<> replace_directory(int incoming, const std::string& temporary, int parent,
                           const char* name) {
    // Out of its parent it can only be moved by who may write into it.
    ::fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW);
    if (::renameat2(incoming, temporary.c_str(), parent, name, RENAME_EXCHANGE) == 0) {
        return {}; // the directory goes with all that is left in `incoming`
    }
    const auto aside = incoming_name();
    if (::renameat(parent, name, incoming, aside.c_str()) != 0 ||
        ::renameat(incoming, temporary.c_str(), parent, name) != 0) {
        return errno_failure(errno, "replace directory " + std::string(name));
    }
    return {};
}

/// Puts an empty directory where there is a file or link.
result<> replace_by_directory(int incoming, int parent, const char* name) {
    const auto temporary = incoming_name();
    if (::mkdirat(incoming, temporary.c_str(), 0700) != 0) {
        return errno_failure(errno, "make directory " + std::string(name));
    }
    if (::renameat2(incoming, temporary.c_str(), parent, name, RENAME_EXCHANGE) == 0) {
        ::unlinkat(incoming, temporary.c_str(), 0);
        return {};
    }
    if (::unlinkat(parent, name, 0) != 0 ||
        ::renameat(incoming, temporary.c_str(), parent, name) != 0) {
        const int why = errno;
        ::unlinkat(incoming, temporary.c_str(), AT_REMOVEDIR);
        return errno_failure(why, "replace " + std::string(name));
    }
    return {};
}

constexpr std::string_view incoming_path = ".guild/outrider/incoming";

std::string_view parent_path(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

const char* name_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return path.c_str() + (slash == std::string::npos ? 0 : slash + 1);
}

bool is_above(std::string_view directory, std::string_view path) {
    return path.size() > directory.size() && path.starts_with(directory) &&
           path[directory.size()] == '/';
}

mode_t current_umask() {
    const mode_t mask = ::umask(077);
    ::umask(mask);
    return mask;
}

} // namespace

bool may_arrive(std::string_view path, protocol::file_type type) {
    if (path.starts_with(".guild/LOCK") || path == incoming_path || is_above(incoming_path, path)) {
        return false;
    }
    return type == protocol::file_type::directory || !is_above(path, incoming_path);
}

tree_intake::tree_intake(int root, int incoming)
    : root_(root), incoming_(incoming), umask_(current_umask()) {}

// ---- the way to a place ---------------------------------------------------------------------

result<int> tree_intake::parent_of(const std::string& path) {
    const auto directory = parent_path(path);
    if (parent_ && directory == parent_path_ && is_safe_path(path)) {
        return parent_.get();
    }
    auto where = parent_beneath(root_, path, true);
    if (!where) {
        return where.error();
    }
    parent_ = std::move(where->parent);
    parent_path_ = directory;
    return parent_.get();
}

// A directory that was copied with its mode may not be writable for its owner: it is made so until
// the end, and the action tried again.
result<> tree_intake::with_way(const std::string& path, const std::function<result<>()>& action) {
    auto done = action();
    if (!done && done.error().kind() == errc::permission_denied && make_way(path)) {
        done = action();
    }
    return done;
}

bool tree_intake::make_way(const std::string& path) {
    bool changed = false;
    for (auto slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        const auto above = path.substr(0, slash);
        const auto where = parent_beneath(root_, above, false);
        struct stat found{};
        if (!where ||
            ::fstatat(where->parent.get(), where->name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISDIR(found.st_mode)) {
            return changed;
        }
        if ((found.st_mode & 0700) == 0700) {
            continue;
        }
        if (::fchmodat(where->parent.get(), where->name.c_str(), found.st_mode | 0700,
                       AT_SYMLINK_NOFOLLOW) != 0) {
            return changed;
        }
        directories_.push_back({above, found.st_mode & 0777, std::nullopt});
        changed = true;
    }
    return changed;
}

descriptor tree_intake::present(const std::string& path) const {
    auto file = open_beneath(root_, path, O_RDONLY | O_NONBLOCK);
    struct stat found{};
    if (!file || ::fstat(file->get(), &found) != 0 || !S_ISREG(found.st_mode)) {
        return {};
    }
    return std::move(*file);
}

// ---- files and links ------------------------------------------------------------------------

result<> tree_intake::put_small(const protocol::file_entry& entry, std::string_view content) {
    // Before anything is written: a name may lead outside.
    const auto way = with_way(entry.path, [&]() -> result<> {
        auto parent = parent_of(entry.path);
        return parent ? result<>() : parent.error();
    });
    if (!way) {
        return way;
    }
    const auto temporary = incoming_name();
    auto done = write_small(entry, content, temporary);
    if (done) {
        done = with_way(entry.path, [&] { return move_in(temporary, entry.path); });
    }
    if (!done) {
        ::unlinkat(incoming_, temporary.c_str(), 0);
    }
    return done;
}

result<> tree_intake::write_small(const protocol::file_entry& entry, std::string_view content,
                                  const std::string& temporary) const {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const mode_t mode = entry.mode & 0777;
    descriptor file(::openat(incoming_, temporary.c_str(), flags, mode));
    if (!file && errno == EEXIST) { // of an earlier process with our pid
        ::unlinkat(incoming_, temporary.c_str(), 0);
        file.reset(::openat(incoming_, temporary.c_str(), flags, mode));
    }
    if (!file) {
        return errno_failure(errno, "write " + entry.path);
    }
    if (auto wrote = write_at(file.get(), content, 0, entry.path); !wrote) {
        return wrote;
    }
    const timespec times[2] = {{0, UTIME_OMIT}, time_of(entry.mtime_ns)};
    if (((mode & umask_) != 0 && ::fchmod(file.get(), mode) != 0) ||
        ::futimens(file.get(), times) != 0 || ::close(file.release()) != 0) {
        return errno_failure(errno, "write " + entry.path);
    }
    return {};
}

result<> tree_intake::put_file(arriving_file& file) {
    const auto temporary = file.release();
    auto moved = with_way(file.path(), [&] { return move_in(temporary, file.path()); });
    if (!moved) {
        ::unlinkat(incoming_, temporary.c_str(), 0);
    }
    return moved;
}

result<> tree_intake::put_link(const protocol::file_entry& entry) {
    if (entry.target.empty() || entry.target.find('\0') != std::string::npos) {
        return failure(errc::bad_input, "the link '" + entry.path + "' has no target");
    }
    const auto temporary = incoming_name();
    ::unlinkat(incoming_, temporary.c_str(), 0); // of an earlier process with our pid
    if (::symlinkat(entry.target.c_str(), incoming_, temporary.c_str()) != 0) {
        return errno_failure(errno, "make link " + entry.path);
    }
    const timespec times[2] = {{0, UTIME_OMIT}, time_of(entry.mtime_ns)};
    std::ignore = ::utimensat(incoming_, temporary.c_str(), times,
                              AT_SYMLINK_NOFOLLOW); // some systems keep no times of links
    auto moved = with_way(entry.path, [&] { return move_in(temporary, entry.path); });
    if (!moved) {
        ::unlinkat(incoming_, temporary.c_str(), 0);
    }
    return moved;
}

result<> tree_intake::move_in(const std::string& temporary, const std::string& path) {
    const auto parent = parent_of(path);
    if (!parent) {
        return parent.error();
    }
    const char* name = name_of(path);
    if (::renameat(incoming_, temporary.c_str(), *parent, name) == 0) {
        return {};
    }
    if (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST) {
        return replace_directory(incoming_, temporary, *parent, name);
    }
    return errno_failure(errno, "write " + path);
}

// ---- directories ----------------------------------------------------------------------------

result<> tree_intake::put_directory(const protocol::file_entry& entry) {
    auto made = with_way(entry.path, [&] { return make_directory(entry); });
    if (made) {
        directories_.push_back({entry.path, entry.mode & 0777, entry.mtime_ns});
    }
    return made;
}

result<> tree_intake::make_directory(const protocol::file_entry& entry) {
    const auto parent = parent_of(entry.path);
    if (!parent) {
        return parent.error();
    }
    const char* name = name_of(entry.path);
    // Until its own mode is set nobody else looks into it who could not later.
    const mode_t mode = (entry.mode & 0777) | 0700;
    if (::mkdirat(*parent, name, mode) == 0) {
        return {};
    }
    struct stat found{};
    if (errno != EEXIST || ::fstatat(*parent, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno_failure(errno, "make directory " + entry.path);
    }
    if (!S_ISDIR(found.st_mode)) {
        return replace_by_directory(incoming_, *parent, name);
    }
    // While it is being filled its owner needs all rights.
    if ((found.st_mode & 0700) != 0700 &&
        ::fchmodat(*parent, name, mode, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno_failure(errno, "make directory " + entry.path);
    }
    return {};
}

result<> tree_intake::apply(const directory& wanted) const {
    const auto found = open_beneath(root_, wanted.path, O_RDONLY | O_DIRECTORY);
    if (!found) {
        return {}; // a later entry replaced it
    }
    const timespec times[2] = {{0, UTIME_OMIT}, time_of(wanted.mtime_ns.value_or(0))};
    if ((wanted.mtime_ns && ::futimens(found->get(), times) != 0) ||
        ::fchmod(found->get(), wanted.mode) != 0) {
        return errno_failure(errno, "set the mode of " + wanted.path);
    }
    return {};
}

result<> tree_intake::set_directory(const protocol::file_entry& entry) const {
    return apply({entry.path, entry.mode & 0777, entry.mtime_ns});
}

result<bool> tree_intake::step_directories(clock::time_point deadline) {
    while (!directories_.empty()) {
        const directory last = std::move(directories_.back());
        directories_.pop_back();
        if (auto set = apply(last); !set) {
            return set.error();
        }
        if (clock::now() >= deadline) {
            return directories_.empty();
        }
    }
    return true;
}

// ---- removal --------------------------------------------------------------------------------

result<bool> tree_intake::step_removal(const std::string& path, clock::time_point deadline) {
    if (is_above(path, incoming_path)) {
        return true; // what is open there now goes at the end, with the directory if it is empty
    }
    if (!removal_) {
        auto where = parent_beneath(root_, path, false);
        if (!where) {
            return where.error().kind() == errc::not_found ? result<bool>(true) : where.error();
        }
        if (path == incoming_path || is_above(incoming_path, path)) {
            return failure(errc::bad_input, "'" + path + "' is not removed by a transfer");
        }
        removal_.emplace(std::move(where->parent), std::move(where->name));
    }
    auto done = removal_->step(deadline);
    if (!done && done.error().kind() == errc::permission_denied && make_way(path)) {
        removal_.reset();
        return false;
    }
    if (!done || *done) {
        removal_.reset();
    }
    return done;
}

} // namespace outrider::agent
