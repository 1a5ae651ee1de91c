#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"

#include <dirent.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace outrider::agent {

/// An event file of a run, as it is now.
struct event_file {
    std::string path; ///< relative to the run
    std::int64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::uint64_t inode = 0;
};

/// Looks for event files (`…tfevents.…`) below a run directory, in steps. Links are not followed:
/// what they lead to belongs to other runs. What Guild and we keep about the run is passed over,
/// and so are nested runs. Bounded in depth and in files.
class event_file_search {
  public:
    /// `run` is the open directory.
    explicit event_file_search(descriptor run);

    /// Goes on until `deadline`; true once everything was seen.
    bool step(clock::time_point deadline);
    /// The files, in the order of their paths; after `step` returned true.
    [[nodiscard]] std::vector<event_file> take();

  private:
    struct level {
        std::unique_ptr<DIR, int (*)(DIR*)> listing{nullptr, &::closedir};
        std::string prefix; // with a final '/', empty for the run itself
    };
    void push(descriptor directory, std::string prefix);
    void look_at(const dirent& entry);

    std::vector<level> levels_;
    std::vector<event_file> found_;
};

} // namespace outrider::agent
