#include "engine/agent/watch/record_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>

namespace outrider::agent {
namespace {

constexpr std::uint32_t names = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
constexpr std::uint32_t runs_events = names | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
/// No IN_MODIFY: the output of an operation stands in `.guild` as well.
constexpr std::uint32_t record_events = names | IN_CLOSE_WRITE | IN_ONLYDIR;
/// Of a run that has no `.guild` yet: only until it has.
constexpr std::uint32_t arrival_events = IN_CREATE | IN_MOVED_TO | IN_ONLYDIR;

} // namespace

record_watch::record_watch(std::string runs, std::size_t most_watches)
    : runs_(std::move(runs)), most_watches_(most_watches),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    begin();
}

void record_watch::begin() {
    if (inotify_ && runs_watch_ < 0 && most_watches_ > 0) {
        runs_watch_ = ::inotify_add_watch(inotify_.get(), runs_.c_str(), runs_events);
    }
}

void record_watch::take() {
    alignas(inotify_event) std::array<char, 16384> buffer;
    for (;;) {
        const auto got = inotify_ ? ::read(inotify_.get(), buffer.data(), buffer.size()) : -1;
        if (got <= 0) {
            return;
        }
        for (ssize_t at = 0; at < got;) {
            const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
            take(*event);
        }
    }
}

void record_watch::take(const inotify_event& event) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        lost_ = true;
        return;
    }
    if (event.wd == runs_watch_) {
        if ((event.mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
            // Another directory may have its name now.
            ::inotify_rm_watch(inotify_.get(), runs_watch_);
            runs_watch_ = -1;
            lost_ = true;
        } else if (event.len > 0 && event.name[0] != '.') {
            forget(event.name); // what has this name now is another directory
            changed_.insert(event.name);
        }
        return;
    }
    const auto found = watched_.find(event.wd);
    if (found == watched_.end()) {
        return;
    }
    changed_.insert(found->second.id);
    if ((event.mask & IN_IGNORED) != 0) { // the directory is gone
        if (found->second.attributes) {
            told_of_.erase(found->second.id);
        }
        watched_.erase(found);
    }
}

bool record_watch::add(const std::string& path, std::uint32_t events, watched what) {
    if (!inotify_ || watched_.size() >= most_watches_) {
        return false;
    }
    const int number = ::inotify_add_watch(inotify_.get(), path.c_str(), events);
    if (number < 0) {
        return false;
    }
    watched_.insert_or_assign(number, std::move(what));
    return true;
}

void record_watch::watch(const std::string& id) {
    if (tells_of(id)) {
        return;
    }
    const std::string run = runs_ + "/" + id;
    // From the outside in: what appears in between is told by the directory around it.
    if (!add(run + "/.guild", record_events, {id})) {
        if (!add(run, arrival_events, {id}) || !add(run + "/.guild", record_events, {id})) {
            return;
        }
    }
    if (add(run + "/.guild/attrs", record_events, {id, true})) {
        told_of_.insert(id);
    }
}

void record_watch::forget(const std::string& id) {
    for (auto it = watched_.begin(); it != watched_.end();) {
        if (it->second.id == id) {
            ::inotify_rm_watch(inotify_.get(), it->first);
            it = watched_.erase(it);
        } else {
            ++it;
        }
    }
    told_of_.erase(id);
}

} // namespace outrider::agent
