#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"

#include <dirent.h>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct inotify_event;

namespace outrider::agent {

/// Directories of one parent, and where something below them was written, made, renamed or
/// removed. They need not exist yet, nor the parent. Told by the kernel (inotify(7)): one watch for
/// each directory, set before the directory is listed, so that nothing falls in between. What
/// stands in `.guild/outrider/incoming` of a directory does not count. Owned by a job, which calls
/// `step` whenever `get` is readable and while it is `busy`.
class tree_watch {
  public:
    /// `names` are directory names; of one that comes twice the first counts.
    tree_watch(std::string parent, const std::vector<std::string>& names, std::size_t most_watches);
    tree_watch(const tree_watch&) = delete;
    tree_watch& operator=(const tree_watch&) = delete;
    ~tree_watch();

    /// Takes what the kernel tells and watches what is new, until `end`. False: the kernel cannot
    /// tell of everything (too many directories, none of its watches left).
    [[nodiscard]] bool step(clock::time_point end);
    /// Directories wait to be watched: `step` has more to do.
    [[nodiscard]] bool busy() const { return listing_ != nullptr || !waiting_.empty(); }
    [[nodiscard]] int get() const { return inotify_.get(); }
    /// Indexes of the names below which something changed since the last call.
    [[nodiscard]] std::vector<std::size_t> take_changed();

  private:
    struct child_key {
        int parent;
        std::string name;
        auto operator<=>(const child_key&) const = default;
    };
    using children = std::map<child_key, int>; // and the watch of each
    struct closing {
        void operator()(DIR* open) const { ::closedir(open); }
    };

    void begin();
    void begin_again();
    void find_parent();
    bool take_events(clock::time_point end);
    void take(const inotify_event& event);
    void take_of_parent(const inotify_event& event);
    void watch_next();
    void watch(int parent, const std::string& name);
    void list_some();
    void remember(int number, int parent, const std::string& name);
    void forget(int number);
    void forget(int parent, const std::string& name);
    void mark(int number);
    void failed_to_watch(int error_number);
    std::string path_of(int number) const;
    bool ignores(int parent, std::string_view name) const;
    const child_key* key_of(int number) const;

    std::string parent_;
    std::size_t most_watches_;
    std::map<std::string, std::size_t, std::less<>> names_;
    std::vector<bool> changed_; // by index of the names
    descriptor inotify_;
    int parent_watch_ = -1;
    int above_watch_ = -1; // of the nearest directory above, while the parent does not exist
    children children_;
    std::unordered_map<int, children::iterator> places_; // of watches; the parent is none of them
    std::deque<child_key> waiting_;                      // directories to be watched
    std::unique_ptr<DIR, closing> listing_;
    int listing_of_ = -1;
    bool complete_ = false; // what existed at the start is watched
    bool lost_ = false;     // events were dropped, or the parent is another one now
    bool failed_ = false;
};

} // namespace outrider::agent
