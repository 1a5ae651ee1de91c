#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/scalars/event_records.hpp"
#include "engine/scalars/scalar_series.hpp"

#include <boost/describe.hpp>

#include <dirent.h>

#include <cstdint>
#include <map>
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

/// What was read of one event file, and how far. While size, time and inode are these, it is not
/// read again; where it has only grown, from `offset` on.
struct indexed_file {
    std::string path; ///< relative to the run
    std::int64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::uint64_t inode = 0;
    std::uint64_t offset = 0; ///< end of the last whole record
    std::map<std::string, scalar_series> series;
    std::map<std::string, std::string> texts;
};
BOOST_DESCRIBE_STRUCT(indexed_file, (), (path, size, mtime_ns, inode, offset, series, texts))

/// The index of one run: HOME/cache/outrider/scalars/ID. It may be removed at any time.
struct scalar_index {
    std::int64_t version = 0; ///< of this struct
    std::vector<indexed_file> files;
};
BOOST_DESCRIBE_STRUCT(scalar_index, (), (version, files))

/// The index of a run; empty where there is none that can be read.
[[nodiscard]] scalar_index load_scalar_index(const fs::path& home, const std::string& run_id);

/// Writes it, beside its place and renamed. What cannot be written (a home that may only be read)
/// is read again the next time. A run that had none is an occasion to remove those of runs that
/// are gone.
void store_scalar_index(const fs::path& home, const std::string& run_id, const scalar_index& index);

/// Reads one event file in steps, from where an earlier reading ended if the file has only grown.
class event_file_reading {
  public:
    /// `run` is the open run directory; `known` what the index says of that path.
    event_file_reading(int run, const event_file& file, indexed_file known);

    /// Goes on until `deadline`; true once the end was reached.
    bool step(clock::time_point deadline);
    /// What the file holds; after `step` returned true.
    [[nodiscard]] indexed_file take() { return std::move(file_); }
    /// Whether the index was right and nothing was read.
    [[nodiscard]] bool was_known() const { return known_; }

  private:
    void start_over();
    bool take_records();

    descriptor content_;
    indexed_file file_;
    event_records records_;
    std::uint64_t resumed_at_ = 0;
    std::uint64_t next_ = 0; // byte of the file that is read next
    bool known_ = false;
    bool ended_ = false;
};

} // namespace outrider::agent
