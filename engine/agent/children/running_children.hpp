#pragma once

#include "engine/agent/children/child_output.hpp"
#include "engine/agent/children/child_start.hpp"
#include "engine/agent/server/job_drive.hpp"

#include <poll.h>

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace outrider::agent {

/// A child that runs.
struct active_child {
    protocol::planned_child plan;
    run_paths run;
    child_output output;
    std::vector<descriptor> ends;         ///< of its processes that live
    std::unique_ptr<unattended_job> stop; ///< sees to its end, where it was asked to
};

/// The children that run: their output is shown as it comes, and their ends are waited for without
/// asking again and again. Owned by the `children_run`; its end leaves them alone.
class running_children {
  public:
    /// `signals` is readable once the parent is to stop; it outlives this.
    running_children(const agent_context& context, const descriptor& signals);

    [[nodiscard]] std::size_t count() const { return active_.size(); }
    /// Takes on one that was started. `alone`: no other runs at the same time.
    void add(const protocol::planned_child& child, const run_paths& run, bool alone);
    /// A file that is closed there after it was written ends a `wait`, too.
    void watch_directory(const std::string& directory);
    /// Waits until there is output, an end, or a signal: then it is true. At most `limit` ms, -1:
    /// as long as it takes; less where one is being stopped.
    [[nodiscard]] bool wait(int limit);
    /// Tells each.
    void each(const std::function<void(const protocol::planned_child&)>& tell) const;
    /// Shows what is new. Those that have ended are forgotten, and told after their last line;
    /// whether there were any.
    bool look_after(const std::function<void(const protocol::planned_child&)>& ended);
    /// Ends one as `how` says, while the others go on: it is asked at once, and what has to be done
    /// after that is done in `wait`.
    void stop(const std::string& id, protocol::stop_run how);
    /// Ends all: they are asked at once, then each is waited for, `limit_ms` at most. `what` is
    /// what they are called.
    void stop_all(const parent_run& parent, const char* what, std::int64_t limit_ms);

  private:
    [[nodiscard]] bool look_at(active_child& child) const;
    int go_on_stopping(std::vector<pollfd>& polled, int limit);

    const agent_context& context_;
    const descriptor& signals_;
    descriptor changes_; // of output files
    std::list<active_child> active_;
};

} // namespace outrider::agent
