#pragma once

#include "engine/agent/children/child_start.hpp"
#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"
#include "engine/search/early_stop.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace outrider::agent {

/// Reads what trials tell of one scalar while they run, and says which is not worth going on with.
/// Event files are read from where the last look ended. Owned by the `children_run`.
class early_stopper {
  public:
    /// All outlive it.
    early_stopper(const parent_run& parent, const protocol::children_early_stop& rule);
    ~early_stopper();

    /// A trial that has ended before, or begins now: it is compared with.
    void add(const std::string& id);
    /// Reads what is new of a trial that runs; why it is to be ended, once.
    [[nodiscard]] std::optional<early_stop_verdict> look_at(const std::string& id);
    /// The last look at one that has ended.
    void finish(const std::string& id);

  private:
    struct read_file;
    struct trial {
        step_values values;
        std::map<std::string, std::unique_ptr<read_file>> files; // by path
        std::optional<std::int64_t> judged; // the step at which it was looked at last
        std::int64_t decided = 0;
        bool stopped = false;
    };
    void read(const std::string& id, trial& of);

    const parent_run& parent_;
    const protocol::children_early_stop& rule_;
    std::map<std::string, trial> trials_; // by id
};

} // namespace outrider::agent
