#pragma once

#include "engine/agent/children/child_start.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/search/parzen_sampler.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace outrider::agent {

/// What a search has to learn from.
struct seen_trials {
    std::vector<observed_trial> trials; ///< from the oldest to the newest
    std::size_t completed = 0;          ///< how many of them have completed
    std::size_t told = 0;               ///< and have an objective
};

/// The trials of a search, and the runs before it that it learns from as well: those with the same
/// source code, of the same operation, or none. Of a run that has completed everything is read
/// once. Owned by who makes the trials.
class trial_history {
  public:
    /// All outlive it.
    trial_history(const agent_context& context, const parent_run& parent,
                  const protocol::children_head& head);

    /// One of the search itself, from its plan.
    void add(const protocol::planned_child& child);
    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(own_.size()); }

    /// Looks at all of them as they are now. Fails where scalars cannot be read.
    [[nodiscard]] result<seen_trials> look();

    /// A trial of the search itself.
    struct own_trial {
        std::string id;
        run_state state = run_state::pending;
        flag_map flags;
        std::optional<double> objective; ///< of one that has completed
    };
    /// Those of the search itself as `look` has seen them, in the order in which they were made.
    [[nodiscard]] std::vector<own_trial> own() const;

  private:
    struct known_trial {
        std::int64_t started = 0; ///< µs since the epoch
        run_state state = run_state::pending;
        observed_trial seen;
        bool settled = false; ///< what is known of it stays so
        bool has_objective = false;
    };
    void look_at_own(const std::string& id, known_trial& trial);
    void look_for_others();
    [[nodiscard]] std::optional<known_trial> other_trial(const run_paths& run) const;
    [[nodiscard]] bool is_related(const run_paths& run) const;
    result<> read_objectives();

    const agent_context& context_;
    const parent_run& parent_;
    const protocol::children_head& head_;
    std::string digest_;                      // of the proto's source code, as its attribute has it
    std::optional<opref> operation_;          // of the proto
    std::vector<std::string> order_;          // of our own
    std::map<std::string, known_trial> own_;  // by id
    std::map<std::string, known_trial> past_; // of others
    std::set<std::string> unrelated_;         // that have ended, and are none of ours
    std::vector<std::string> unread_; // that have completed, and whose objective is not read
};

} // namespace outrider::agent
