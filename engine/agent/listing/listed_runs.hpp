#pragma once

#include "engine/agent/listing/run_index.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/protocol/messages.hpp"

#include <string>
#include <vector>

namespace outrider::agent {

/// A run in the order of a listing.
struct listed_run {
    std::string id;
    std::int64_t time_us = -1; ///< started, else initialized; -1: neither, sorts last
    std::string opref;
    /// Its `opref` and `started` are what the index has: this listing has looked at their marks.
    bool as_indexed = false;
};

/// The runs of a home (or its trash), newest first. Owned by the job that lists them. Reads with
/// the help of the index, every part of which is checked against the disk first, and writes the
/// index at the end where that pays.
class listed_runs {
  public:
    listed_runs(const agent_context& context, const fs::path& home, bool trash);

    /// Finds what there is, or takes the ids that are asked for; `runs` that do not exist are none.
    void begin(std::vector<std::string> ids);
    /// Looks at some more of them; false once all are looked at and in order.
    [[nodiscard]] bool look_at_some();
    /// In order, once `look_at_some` says so.
    [[nodiscard]] const std::vector<listed_run>& runs() const { return runs_; }
    /// The facts of a run, as `read_run` gives them.
    [[nodiscard]] protocol::run_facts facts(const listed_run& run,
                                            const std::vector<std::string>& attributes);
    /// Writes the index if need be; called once at the end.
    void end();

  private:
    struct news {
        bool changed = false; // something is not as it was known
        bool certain = true;  // the marks of what was read could be learnt
    };
    [[nodiscard]] bool look_at(const std::string& id);
    [[nodiscard]] marked_file read_again(const std::string& path, const marked_file* known,
                                         std::size_t limit, news& told) const;
    [[nodiscard]] std::optional<protocol::run_facts>
    known_facts(const indexed_run& known, const std::vector<std::string>& names,
                bool as_indexed) const;
    [[nodiscard]] protocol::run_facts read_and_put(const std::string& id, const indexed_run* known,
                                                   const std::vector<std::string>& names);

    const agent_context& context_;
    fs::path directory_;
    descriptor folder_;
    run_index index_;
    bool uses_index_ = false;
    bool all_ = true;                // not only the runs that were asked for
    std::vector<std::string> names_; // not looked at yet
    std::vector<listed_run> runs_;
};

} // namespace outrider::agent
