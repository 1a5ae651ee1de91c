#pragma once

#include "engine/agent/children/child_end.hpp"
#include "engine/agent/children/early_stopper.hpp"
#include "engine/agent/children/failing_start.hpp"
#include "engine/agent/children/running_children.hpp"
#include "engine/agent/children/trial_progress.hpp"
#include "engine/agent/children/trial_source.hpp"
#include "engine/agent/start/children_plan.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace outrider::agent {

/// What is otherwise than in the plan this time.
struct chosen_children : protocol::children_choice {
    std::string only{};                  ///< the id of the one child that is looked at; empty: all
    std::int64_t stop_limit_ms = 25'000; ///< for children to end once we are told to
};

/// A run whose work is other runs: starts the children of its plan, one after the other or some at
/// a time, shows their output and ends when the last of them has. Everything it has to know is in
/// the plan and in the runs of the children, so that it goes on where an earlier one was cut off:
/// what has ended is not started again, and what still runs is waited for. A signal ends the
/// children that run, and it; the others stay pending. It lives as long as its process.
class children_run {
  public:
    /// `signals` is readable once it is to stop.
    children_run(agent_context context, parent_run parent, children_reader plan, descriptor signals,
                 chosen_children chosen);

    /// The exit code; nothing: it was stopped.
    [[nodiscard]] std::optional<int> run();

  private:
    const protocol::children_head& head() const { return plan_.head(); }
    std::size_t parallel() const;
    const std::optional<protocol::children_early_stop>& early_stop() const;
    bool are_steps() const { return head().kind == protocol::children_kind::steps; }
    result<> make_all();
    bool fill();
    result<std::optional<protocol::planned_child>> next();
    result<std::optional<protocol::planned_child>> next_of_plan();
    void tell_progress() const;
    bool take_on(const protocol::planned_child& child);
    bool is_wanted(const protocol::run_facts& facts) const;
    bool start(const protocol::planned_child& child, const start_terms& terms);
    void run_there(const protocol::planned_child& child);
    void check(const protocol::planned_child& child);
    void attach(const protocol::planned_child& child);
    void announce(const protocol::planned_child& child, const char* doing);
    void conclude(const protocol::planned_child& child, const child_end& end);
    void cannot_start(const protocol::planned_child& child, const failure& why);
    void conclude_trial(const protocol::planned_child& child, const child_end& end);
    void pass_over(const protocol::planned_child& child, const protocol::run_facts& facts);
    void stop_early();
    void stop_all();

    agent_context context_;
    parent_run parent_;
    children_reader plan_;
    bool plan_read_ = false; // to its end: what is added to it is known
    std::unique_ptr<trial_source> search_;
    descriptor signals_;
    chosen_children chosen_;
    free_slots slots_;
    running_children active_;
    trial_progress progress_;
    failing_start failing_{failing_start::clock::now()};
    std::unique_ptr<early_stopper> stopper_; // where trials may be stopped early
    std::set<std::string> stopped_early_;    // ids
    std::string token_;
    std::optional<protocol::planned_child> next_; // to start once there is a slot for it
    bool waits_for_slot_ = false;
    std::optional<int> exit_code_; // set: no more children are started
    bool stopped_ = false;
};

} // namespace outrider::agent
