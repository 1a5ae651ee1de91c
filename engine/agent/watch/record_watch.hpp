#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"

#include <set>
#include <string>
#include <unordered_map>

struct inotify_event;

namespace outrider::agent {

/// What the kernel tells (inotify(7)) of the records of runs: which directories come and go in
/// `runs`, and where something in `.guild` or `.guild/attrs` was made, replaced, closed after
/// writing or removed. Output that is being written does not count. Owned by a job, which calls
/// `take` whenever `get` is readable.
class record_watch {
  public:
    /// `runs`: absolute; need not exist yet, see `begin`. `most_watches` is 0 where the kernel
    /// cannot know.
    record_watch(std::string runs, std::size_t most_watches);

    /// Takes what is told.
    void take();
    /// Watches the records of a run from now on, as far as they exist; called again after each
    /// change of it, for what is new.
    void watch(const std::string& id);
    void forget(const std::string& id);

    /// Runs that changed since the last call.
    [[nodiscard]] std::set<std::string> take_changed() { return std::exchange(changed_, {}); }
    /// Whether something was missed since the last call: everything has to be looked at.
    [[nodiscard]] bool take_lost() { return std::exchange(lost_, false); }
    /// Whether the kernel tells of runs that come and go.
    [[nodiscard]] bool tells() const { return runs_watch_ >= 0; }
    /// Whether it tells of the attributes of a run; what it cannot tell has to be looked at.
    [[nodiscard]] bool tells_of(const std::string& id) const { return told_of_.contains(id); }
    /// Watches `runs` if that has not been possible before.
    void begin();
    [[nodiscard]] int get() const { return inotify_.get(); }

  private:
    struct watched {
        std::string id;
        bool attributes = false; // of attrs, the innermost
    };
    void take(const inotify_event& event);
    bool add(const std::string& path, std::uint32_t events, watched what);

    std::string runs_;
    std::size_t most_watches_;
    descriptor inotify_;
    int runs_watch_ = -1;
    std::unordered_map<int, watched> watched_;
    std::set<std::string> told_of_;
    std::set<std::string> changed_;
    bool lost_ = false;
};

} // namespace outrider::agent
