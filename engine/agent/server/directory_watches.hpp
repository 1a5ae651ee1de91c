#pragma once

#include "engine/core/descriptor.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace outrider::agent {

/// What the kernel tells (inotify(7)) of directories that the jobs of one agent watch, by one
/// instance for all: a user has only 128, on all agents together. Owned by the server, which calls
/// `drain` when `get` is readable; outlives the watchers.
class directory_watches {
  public:
    directory_watches() = default;
    directory_watches(const directory_watches&) = delete;
    directory_watches& operator=(const directory_watches&) = delete;

    /// Negative while nothing is watched.
    [[nodiscard]] int get() const { return inotify_.get(); }
    /// Takes what the kernel tells and hands it to the watchers.
    void drain();

    /// One who watches. Owned by a job.
    class watcher {
      public:
        explicit watcher(directory_watches& all) : all_(all) {}
        watcher(const watcher&) = delete;
        watcher& operator=(const watcher&) = delete;
        ~watcher() { all_.leave(*this); }

        /// False if the kernel refuses: no such directory, or none of its watches left.
        bool add(const std::string& directory, std::uint32_t mask);
        /// The kinds of events (IN_…) since the last call.
        [[nodiscard]] std::uint32_t take();
        /// Stays valid as long as the watcher; true while `take` has something.
        [[nodiscard]] const bool* told() const { return &told_; }

      private:
        friend class directory_watches;
        void tell(std::uint32_t mask);

        directory_watches& all_;
        std::uint32_t events_ = 0;
        bool told_ = false;
    };

  private:
    bool add(watcher& who, const std::string& directory, std::uint32_t mask);
    void leave(const watcher& who);
    void tell(int watch, std::uint32_t mask);

    descriptor inotify_;
    std::map<int, std::vector<watcher*>> watchers_; // by watch descriptor
};

} // namespace outrider::agent
