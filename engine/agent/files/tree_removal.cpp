#include "engine/agent/files/tree_removal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace outrider::agent {
namespace {

// Directories below each other that are open at once; deeper trees are refused, not a crash.
constexpr std::size_t deepest_removal = 256;
// Entries between two looks at the clock.
constexpr int entries_at_once = 32;

} // namespace

tree_removal::tree_removal(descriptor parent, std::string name)
    : parent_(std::move(parent)), name_(std::move(name)) {}

int tree_removal::parent_of_top() const {
    return levels_.size() < 2 ? parent_.get() : ::dirfd(levels_[levels_.size() - 2].entries.get());
}

result<bool> tree_removal::step(clock::time_point deadline) {
    if (!begun_) {
        begun_ = true;
        if (auto removed = remove_entry(parent_.get(), name_); !removed) {
            return removed.error();
        }
    }
    while (!levels_.empty()) {
        for (int i = 0; i < entries_at_once && !levels_.empty(); ++i) {
            if (auto removed = next_entry(); !removed) {
                return removed.error();
            }
        }
        if (clock::now() >= deadline) {
            return levels_.empty();
        }
    }
    return true;
}

result<> tree_removal::next_entry() {
    level& top = levels_.back();
    errno = 0;
    const dirent* entry = ::readdir(top.entries.get());
    if (entry == nullptr && errno != 0) {
        return errno_failure(errno, "read directory " + top.name);
    }
    if (entry == nullptr) {
        return leave();
    }
    const std::string name = entry->d_name;
    if (name == "." || name == "..") {
        return {};
    }
    top.removed = true;
    return remove_entry(::dirfd(top.entries.get()), name); // may make `top` invalid
}

result<> tree_removal::remove_entry(int parent, const std::string& name) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) {
        return {};
    }
    if (errno != EISDIR && errno != EPERM) {
        return errno_failure(errno, "remove " + name);
    }
    return enter(parent, name);
}

result<> tree_removal::enter(int parent, const std::string& name) {
    if (levels_.size() >= deepest_removal) {
        return failure(errc::io_failed, "remove " + name + ": directories are nested too deep");
    }
    // A directory that was copied with its modes may not be writable for its owner.
    ::fchmodat(parent, name.c_str(), 0700, AT_SYMLINK_NOFOLLOW);
    descriptor directory(
        ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    listing entries(directory ? ::fdopendir(directory.get()) : nullptr, &::closedir);
    if (!entries) {
        return errno == ENOENT ? result<>() : errno_failure(errno, "remove " + name);
    }
    std::ignore = directory.release(); // the listing closes it
    levels_.push_back({std::move(entries), name});
    return {};
}

result<> tree_removal::leave() {
    level& top = levels_.back();
    if (::unlinkat(parent_of_top(), top.name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) {
        levels_.pop_back();
        return {};
    }
    // Some file systems skip entries while others are removed: look again as long as that helps.
    if ((errno == ENOTEMPTY || errno == EEXIST) && top.removed) {
        top.removed = false;
        ::rewinddir(top.entries.get());
        return {};
    }
    return errno_failure(errno, "remove " + top.name);
}

result<> remove_tree(int parent, const std::string& name) {
    tree_removal tree(descriptor(::openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), name);
    const auto removed = tree.step(tree_removal::clock::time_point::max());
    return removed ? result<>() : removed.error();
}

result<> remove_tree(const std::filesystem::path& path) {
    return remove_tree(AT_FDCWD, path.native());
}

} // namespace outrider::agent
