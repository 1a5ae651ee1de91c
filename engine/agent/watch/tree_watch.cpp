#include "engine/agent/watch/tree_watch.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace outrider::agent {
namespace {

constexpr std::uint32_t content_events = IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE |
                                         IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_EXCL_UNLINK;
constexpr std::uint32_t parent_events =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;
/// Deeper than any path that the kernel takes. What seems deeper is a chain of renames that has not
/// been told to its end yet.
constexpr int most_levels = 2048;
/// Entries that are read between two looks at the clock.
constexpr int listed_at_once = 256;

bool is_directory(DIR* in, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) {
        return entry.d_type == DT_DIR;
    }
    struct stat found{};
    return ::fstatat(::dirfd(in), entry.d_name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(found.st_mode);
}

bool has_directory(const std::filesystem::path& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

// One level below `from`, on the way to `to`.
std::filesystem::path next_on_the_way(const std::filesystem::path& from,
                                      const std::filesystem::path& to) {
    return from / *std::next(to.begin(), std::distance(from.begin(), from.end()));
}

} // namespace

tree_watch::tree_watch(std::string parent, const std::vector<std::string>& names,
                       std::size_t most_watches)
    : parent_(std::move(parent)), most_watches_(most_watches), changed_(names.size(), false) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        names_.emplace(names[i], i);
    }
    begin();
}

tree_watch::~tree_watch() = default;

std::vector<std::size_t> tree_watch::take_changed() {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < changed_.size(); ++i) {
        if (changed_[i]) {
            out.push_back(i);
            changed_[i] = false;
        }
    }
    return out;
}

bool tree_watch::step(clock::time_point end) {
    // What is told comes first: a full queue would lose it.
    if (!take_events(end)) {
        return !failed_;
    }
    while (!failed_ && busy() && clock::now() < end) {
        watch_next();
    }
    complete_ = complete_ || !busy();
    return !failed_;
}

void tree_watch::begin() {
    inotify_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!inotify_) {
        failed_ = true;
        return;
    }
    find_parent();
}

// Nothing that was known holds any more.
void tree_watch::begin_again() {
    lost_ = false;
    listing_.reset();
    waiting_.clear();
    places_.clear();
    children_.clear();
    parent_watch_ = above_watch_ = -1;
    changed_.assign(changed_.size(), true);
    begin();
}

// Watches the parent, or what is next above it; looks again afterwards, because the directory in
// between may have come just before the watch.
void tree_watch::find_parent() {
    if (above_watch_ >= 0) {
        ::inotify_rm_watch(inotify_.get(), above_watch_);
        above_watch_ = -1;
    }
    std::filesystem::path at = parent_;
    for (int level = 0; level < most_levels; ++level) {
        const int number =
            ::inotify_add_watch(inotify_.get(), at.c_str(), parent_events | IN_ONLYDIR);
        if (number < 0 && (errno == ENOENT || errno == ENOTDIR) && at.has_relative_path()) {
            at = at.parent_path();
            continue;
        }
        if (number < 0) {
            failed_ = true;
            return;
        }
        if (at == parent_) {
            parent_watch_ = number;
            break;
        }
        if (!has_directory(next_on_the_way(at, parent_))) {
            above_watch_ = number;
            return;
        }
        ::inotify_rm_watch(inotify_.get(), number);
        at = parent_;
    }
    failed_ = parent_watch_ < 0; // it comes and goes too often
    for (const auto& [name, index] : names_) {
        waiting_.push_back({parent_watch_, name});
    }
}

// True once nothing more is told.
bool tree_watch::take_events(clock::time_point end) {
    alignas(inotify_event) std::array<char, 16384> buffer;
    while (!failed_) {
        const auto got = ::read(inotify_.get(), buffer.data(), buffer.size());
        if (got <= 0) {
            return true;
        }
        for (ssize_t at = 0; at < got && !failed_ && !lost_;) {
            const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
            take(*event);
        }
        if (lost_) {
            begin_again();
        }
        if (clock::now() >= end) {
            return false;
        }
    }
    return false;
}

void tree_watch::take(const inotify_event& event) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        lost_ = true;
        return;
    }
    if (event.wd == above_watch_) {
        find_parent();
        return;
    }
    if (event.wd == parent_watch_) {
        take_of_parent(event);
        return;
    }
    if ((event.mask & IN_IGNORED) != 0) {
        forget(event.wd); // the directory is gone; its parent tells so
        return;
    }
    const std::string name(event.len > 0 ? event.name : "");
    if (ignores(event.wd, name)) {
        return;
    }
    mark(event.wd);
    if ((event.mask & IN_ISDIR) == 0 || name.empty()) {
        return;
    }
    if ((event.mask & IN_MOVED_FROM) != 0) {
        forget(event.wd, name);
    } else if ((event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        waiting_.push_back({event.wd, name});
    }
}

void tree_watch::take_of_parent(const inotify_event& event) {
    if ((event.mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
        lost_ = true;
        return;
    }
    const auto found = names_.find(std::string_view(event.len > 0 ? event.name : ""));
    if (found == names_.end()) {
        return; // nobody asked for it
    }
    changed_[found->second] = true;
    if ((event.mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
        forget(parent_watch_, found->first);
    } else {
        waiting_.push_back({parent_watch_, found->first});
    }
}

void tree_watch::watch_next() {
    if (listing_) {
        list_some();
        return;
    }
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    if (next.parent == parent_watch_ || places_.contains(next.parent)) {
        watch(next.parent, next.name);
    }
}

void tree_watch::watch(int parent, const std::string& name) {
    const bool top = parent == parent_watch_;
    const std::string path = path_of(parent) + "/" + name;
    // The directory of a run may be reached by a link; none below it is followed.
    const int number = ::inotify_add_watch(inotify_.get(), path.c_str(),
                                           content_events | IN_ONLYDIR |
                                               (top ? 0U : std::uint32_t{IN_DONT_FOLLOW}));
    if (number < 0) {
        failed_to_watch(errno);
        return;
    }
    remember(number, parent, name);
    const int flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | (top ? 0 : O_NOFOLLOW);
    descriptor directory(::open(path.c_str(), flags));
    if (!directory) {
        failed_to_watch(errno);
        return;
    }
    listing_.reset(::fdopendir(directory.get()));
    if (!listing_) {
        failed_ = true;
        return;
    }
    std::ignore = directory.release(); // `listing_` closes it
    listing_of_ = number;
}

// Gone again, or not ours to read: nothing to tell of. Everything else leaves a gap.
void tree_watch::failed_to_watch(int error_number) {
    failed_ = error_number != ENOENT && error_number != ENOTDIR && error_number != ELOOP &&
              error_number != EACCES && error_number != EPERM;
}

void tree_watch::list_some() {
    for (int i = 0; i < listed_at_once; ++i) {
        const dirent* entry = ::readdir(listing_.get());
        if (entry == nullptr) {
            listing_.reset();
            if (complete_) {
                mark(listing_of_); // what came before the watch was not told
            }
            return;
        }
        const std::string name = entry->d_name;
        if (name == "." || name == ".." || !is_directory(listing_.get(), *entry) ||
            ignores(listing_of_, name)) {
            continue;
        }
        if (places_.size() + waiting_.size() >= most_watches_) {
            failed_ = true;
            return;
        }
        waiting_.push_back({listing_of_, name});
    }
}

void tree_watch::remember(int number, int parent, const std::string& name) {
    const auto known = places_.find(number);
    if (known != places_.end()) {
        if (known->second->first == child_key{parent, name}) {
            return;
        }
        // It was renamed, and what tells of that is still to come. What is below it came along.
        children_.erase(known->second);
        places_.erase(known);
    }
    const auto [at, fresh] = children_.try_emplace({parent, name}, number);
    if (!fresh) {
        // Another directory had that name. What is still told of it has no place any more.
        const int old = std::exchange(at->second, number);
        const auto held = places_.find(old);
        if (held != places_.end()) {
            places_.erase(held);
            ::inotify_rm_watch(inotify_.get(), old);
        }
    }
    places_.emplace(number, at);
    if (places_.size() > most_watches_) {
        failed_ = true;
    }
}

void tree_watch::forget(int parent, const std::string& name) {
    const auto found = children_.find({parent, name});
    if (found != children_.end()) {
        forget(found->second);
    }
}

// With everything below it.
void tree_watch::forget(int number) {
    std::vector<int> gone{number};
    while (!gone.empty()) {
        const int next = gone.back();
        gone.pop_back();
        const auto place = places_.find(next);
        if (place == places_.end()) {
            continue;
        }
        ::inotify_rm_watch(inotify_.get(), next); // fails where the kernel has dropped it
        children_.erase(place->second);
        places_.erase(place);
        for (auto at = children_.lower_bound({next, ""});
             at != children_.end() && at->first.parent == next; ++at) {
            gone.push_back(at->second);
        }
    }
}

void tree_watch::mark(int number) {
    for (int level = 0; level < most_levels; ++level) {
        const auto* key = key_of(number);
        if (key == nullptr) {
            return;
        }
        if (key->parent == parent_watch_) {
            changed_[names_.find(key->name)->second] = true;
            return;
        }
        number = key->parent;
    }
}

const tree_watch::child_key* tree_watch::key_of(int number) const {
    const auto found = places_.find(number);
    return found == places_.end() ? nullptr : &found->second->first;
}

std::string tree_watch::path_of(int number) const {
    std::string below;
    for (int level = 0; level < most_levels && number != parent_watch_; ++level) {
        const auto* key = key_of(number);
        if (key == nullptr) {
            break;
        }
        below.insert(0, "/" + key->name);
        number = key->parent;
    }
    return parent_ + below;
}

bool tree_watch::ignores(int parent, std::string_view name) const {
    if (name != "incoming") {
        return false; // by far the most
    }
    const auto* ours = key_of(parent);
    const auto* guild = ours == nullptr ? nullptr : key_of(ours->parent);
    const auto* run = guild == nullptr ? nullptr : key_of(guild->parent);
    return run != nullptr && run->parent == parent_watch_ && guild->name == ".guild" &&
           ours->name == "outrider";
}

} // namespace outrider::agent
