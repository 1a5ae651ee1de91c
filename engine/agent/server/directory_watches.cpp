#include "engine/agent/server/directory_watches.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace outrider::agent {

bool directory_watches::watcher::add(const std::string& directory, std::uint32_t mask) {
    return all_.add(*this, directory, mask);
}

std::uint32_t directory_watches::watcher::take() {
    told_ = false;
    return std::exchange(events_, 0);
}

void directory_watches::watcher::tell(std::uint32_t mask) {
    events_ |= mask;
    told_ = true;
}

bool directory_watches::add(watcher& who, const std::string& directory, std::uint32_t mask) {
    if (!inotify_) {
        inotify_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    }
    // Of a directory that another watches already the kernel gives the same watch.
    const int watch =
        inotify_ ? ::inotify_add_watch(inotify_.get(), directory.c_str(), mask | IN_MASK_ADD) : -1;
    if (watch < 0) {
        return false;
    }
    watchers_[watch].push_back(&who);
    return true;
}

void directory_watches::leave(const watcher& who) {
    for (auto at = watchers_.begin(); at != watchers_.end();) {
        std::erase(at->second, &who);
        if (at->second.empty()) {
            ::inotify_rm_watch(inotify_.get(), at->first);
            at = watchers_.erase(at);
        } else {
            ++at;
        }
    }
    if (watchers_.empty()) {
        inotify_.reset();
    }
}

void directory_watches::drain() {
    alignas(inotify_event) std::array<char, 8192> buffer;
    ssize_t got = 0;
    while (inotify_ && (got = ::read(inotify_.get(), buffer.data(), buffer.size())) > 0) {
        for (ssize_t at = 0; at < got;) {
            const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
            tell(event->wd, event->mask);
        }
    }
}

void directory_watches::tell(int watch, std::uint32_t mask) {
    if ((mask & IN_Q_OVERFLOW) != 0) { // of nobody knows what
        for (auto& [each, watchers] : watchers_) {
            for (auto* who : watchers) {
                who->tell(mask);
            }
        }
        return;
    }
    const auto found = watchers_.find(watch);
    if (found == watchers_.end()) {
        return; // who watched it has left
    }
    for (auto* who : found->second) {
        who->tell(mask);
    }
    if ((mask & IN_IGNORED) != 0) { // the directory is gone, and its watch with it
        watchers_.erase(found);
    }
}

} // namespace outrider::agent
