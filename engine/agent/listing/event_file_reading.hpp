#pragma once

#include "engine/agent/listing/scalar_index.hpp"
#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"

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

/// A link in a run that leads to another run of the same home: to a trial, or a step.
struct linked_run {
    std::string path; ///< of the link, relative to the run
    std::string id;
};

/// Looks for event files (`…tfevents.…`) below a run directory, in steps. Links are not followed,
/// but those to other runs are told. What Guild and we keep about the run is passed over, and so
/// are nested runs. Bounded in depth and in files.
class event_file_search {
  public:
    /// `run` is the open directory, `runs` that of all runs, which lives longer.
    event_file_search(descriptor run, int runs);

    /// Goes on until `deadline`; true once everything was seen.
    bool step(clock::time_point deadline);
    /// The files, in the order of their paths; after `step` returned true.
    [[nodiscard]] std::vector<event_file> take();
    /// The links, in the order of their paths; after `step` returned true.
    [[nodiscard]] std::vector<linked_run> take_links();

  private:
    struct level {
        std::unique_ptr<DIR, int (*)(DIR*)> listing{nullptr, &::closedir};
        std::string prefix; // with a final '/', empty for the run itself
    };
    void push(descriptor directory, std::string prefix);
    void look_at(const dirent& entry);
    void look_at_link(int parent, const char* name, std::string path);

    int runs_;
    std::vector<level> levels_;
    std::vector<event_file> found_;
    std::vector<linked_run> links_;
};

/// Reads one event file in steps, from where an earlier reading ended if the file has only grown.
class event_file_reading final : event_sink {
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
    scalar_series* series_of(std::string_view tag);
    void take_scalar(std::string_view tag, std::int64_t step, double value) override;
    void take_text(std::string_view tag, std::string_view text) override;

    descriptor content_;
    indexed_file file_;
    // Tags in the order in which they came. Writers go through theirs in turn: the next one is a
    // good guess, and saves the look into the map.
    std::vector<series_map::iterator> order_;
    std::size_t expected_ = 0; // place in it
    event_records records_;
    std::uint64_t resumed_at_ = 0;
    std::uint64_t next_ = 0; // byte of the file that is read next
    bool known_ = false;
    bool ended_ = false;
};

} // namespace outrider::agent
