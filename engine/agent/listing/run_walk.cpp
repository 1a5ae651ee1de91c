#include "engine/agent/listing/run_walk.hpp"

#include "engine/protocol/messages.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>

namespace outrider::agent {
namespace {

/// What the protocol says about a file, made of what the system says.
protocol::file_entry make_entry(std::string path, const struct stat& found) {
    protocol::file_entry entry;
    entry.path = std::move(path);
    entry.type = S_ISREG(found.st_mode)   ? protocol::file_type::regular
                 : S_ISDIR(found.st_mode) ? protocol::file_type::directory
                 : S_ISLNK(found.st_mode) ? protocol::file_type::link
                                          : protocol::file_type::other;
    entry.size = S_ISREG(found.st_mode) ? found.st_size : 0;
    entry.mtime_ns =
        std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + std::int64_t{found.st_mtim.tv_nsec};
    entry.mode = found.st_mode & 07777;
    return entry;
}

/// The target of a link; empty if it vanished.
std::string link_target(int parent, const std::string& name) {
    std::string target(PATH_MAX, '\0');
    const auto length = ::readlinkat(parent, name.c_str(), target.data(), target.size());
    target.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return target;
}

// Names between two looks at the clock.
constexpr std::size_t names_in_a_turn = 256;
// Directories within each other; deeper paths are refused by `is_safe_path` as well.
constexpr std::size_t deepest_walk = 256;
// Names of one directory, bytes: more than a million, and still a bounded agent.
constexpr std::size_t most_names = std::size_t{32} << 20;
// Our own temporary files, of which the other end never hears.
constexpr std::string_view incoming_path = ".guild/outrider/incoming";

// For a heap whose top is the least name, in byte order.
auto later_name(const std::string& names) {
    return [at = names.data()](std::uint32_t a, std::uint32_t b) {
        return std::strcmp(at + a, at + b) > 0;
    };
}

bool is_dots(const char* name) {
    return std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0;
}

} // namespace

run_walk::run_walk(descriptor directory, std::string path, bool follow_links)
    : path_(std::move(path)), follow_links_(follow_links) {
    push(std::move(directory), "");
}

result<> run_walk::step(std::vector<walked_entry>& found) {
    for (std::size_t i = 0; i < names_in_a_turn && !failed_ && !levels_.empty(); ++i) {
        auto& top = levels_.back();
        if (!top.read) {
            read_names(top);
            break;
        }
        if (top.order.empty()) {
            levels_.pop_back();
            continue;
        }
        std::ranges::pop_heap(top.order, later_name(top.names));
        const char* name = top.names.data() + top.order.back();
        top.order.pop_back();
        if (look_at(top, name, found)) {
            break; // opening a directory is the longer piece of work
        }
    }
    return failed_ ? result<>(*failed_) : result<>();
}

void run_walk::push(descriptor directory, std::string prefix) {
    if (levels_.size() == deepest_walk) {
        failed_ = failure(errc::unsupported,
                          "directories are nested too deeply in " + whole_path(prefix));
        return;
    }
    struct stat found{};
    level next;
    if (::fstat(directory.get(), &found) == 0) {
        next.listing.reset(::fdopendir(directory.get()));
    }
    if (!next.listing) {
        failed_ = errno_failure(errno, "read directory " + whole_path(prefix));
        return;
    }
    std::ignore = directory.release(); // the listing closes it
    next.device = found.st_dev;
    next.inode = found.st_ino;
    next.prefix = std::move(prefix);
    levels_.push_back(std::move(next));
}

void run_walk::read_names(level& top) {
    for (std::size_t i = 0; i < names_in_a_turn; ++i) {
        errno = 0;
        const dirent* entry = ::readdir(top.listing.get());
        if (entry == nullptr) {
            top.read = true;
            if (errno != 0) {
                failed_ = errno_failure(errno, "read directory " + whole_path(top.prefix));
            }
            return;
        }
        if (is_dots(entry->d_name)) {
            continue;
        }
        top.order.push_back(static_cast<std::uint32_t>(top.names.size()));
        top.names.append(entry->d_name, std::strlen(entry->d_name) + 1);
        std::ranges::push_heap(top.order, later_name(top.names));
    }
    if (top.names.size() > most_names) {
        failed_ =
            failure(errc::unsupported, "there are too many files in " + whole_path(top.prefix));
    }
}

// Returns whether a directory was pushed: `top` is no longer the top then, nor valid.
bool run_walk::look_at(const level& top, const char* name, std::vector<walked_entry>& found) {
    const int parent = ::dirfd(top.listing.get());
    std::string path = top.prefix + name;
    struct stat state{};
    if (path == incoming_path || ::fstatat(parent, name, &state, AT_SYMLINK_NOFOLLOW) != 0) {
        return false; // removed since its name was read
    }
    std::string target;
    if (S_ISLNK(state.st_mode)) {
        target = link_target(parent, name);
        struct stat pointed{};
        if (follow_links_ && ::fstatat(parent, name, &pointed, 0) == 0) {
            state = pointed;
        }
    }
    // Blocks of stat(2) are 512 bytes, whatever the file system's.
    auto& entry = found.emplace_back(make_entry(path, state), state.st_blocks * 512).entry;
    if (entry.type == protocol::file_type::link) {
        entry.target = std::move(target);
    }
    if (entry.type != protocol::file_type::directory || is_on_the_way(state)) {
        return false;
    }
    descriptor directory(::openat(
        parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow_links_ ? 0 : O_NOFOLLOW)));
    if (directory) {
        push(std::move(directory), path + "/");
        return true;
    }
    if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) {
        failed_ = errno_failure(errno, "read directory " + whole_path(path));
    }
    return false;
}

// A link may lead back to a directory that is being walked.
bool run_walk::is_on_the_way(const struct stat& found) const {
    return follow_links_ && std::ranges::any_of(levels_, [&](const level& l) {
               return l.device == found.st_dev && l.inode == found.st_ino;
           });
}

std::string run_walk::whole_path(std::string_view below) const {
    return path_ + "/" + std::string(below);
}

} // namespace outrider::agent
