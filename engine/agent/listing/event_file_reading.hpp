#pragma once

#include "engine/agent/listing/event_file_search.hpp"
#include "engine/agent/listing/scalar_index.hpp"
#include "engine/scalars/event_records.hpp"

namespace outrider::agent {

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
