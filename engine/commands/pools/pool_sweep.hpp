#pragma once

#include "engine/commands/pools/sweep_plan.hpp"
#include "engine/commands/pools/sweep_record.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/runs/run_paths.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace outrider {

/// A trial of a sweep, and where it is.
struct sweep_trial {
    protocol::planned_child child;
    placement now;
    bool runs = false;       ///< its machine has said so
    std::string former;      ///< machine and end of the attempt before; or empty
    std::string avoid;       ///< machine that lost it: others are tried first
    std::int64_t losses = 0; ///< in this life of the driver
    std::int64_t failures = 0;
};

/// What is known of a sweep over a pool, and what follows from it; asks nobody. Every step is in
/// the record before it is taken on a machine, and a trial that may be on one stays with it until
/// that machine has said that it is not there: so it is on two at no time, wherever the driver
/// is killed. Owned by the driver; its boxes tell it what their machines say.
class pool_sweep {
  public:
    /// `say`: a line of the batch's output, without its end. `changed`: called when a box may have
    /// something to do.
    pool_sweep(protocol::children_head head, run_paths batch, sweep_record record,
               std::function<void(const std::string&)> say, std::function<void()> changed);

    /// Takes up the trials of the plan where the record left them.
    [[nodiscard]] result<> begin(std::vector<protocol::planned_child> plan,
                                 const protocol::children_choice& chosen);

    [[nodiscard]] const protocol::children_head& head() const { return head_; }
    [[nodiscard]] const protocol::children_pool& pool() const { return *head_.pool; }
    [[nodiscard]] sweep_trial& trial(std::size_t i) { return trials_[i]; }
    [[nodiscard]] sweep_share& share(std::size_t box) { return shares_[box]; }
    /// The trials that are, or may be, on the machine of a box.
    [[nodiscard]] const std::set<std::size_t>& held(std::size_t box) const { return held_[box]; }
    /// The queue that was last begun there; or empty.
    [[nodiscard]] const std::string& queue(std::size_t box) const { return queues_[box]; }

    /// What the box is to place now: recorded as being placed, if anything.
    [[nodiscard]] std::vector<std::size_t> take(std::size_t box);
    /// Records a step of a trial that stays where it is.
    void step(std::size_t i, placement_state state);
    /// Records a queue before it begins.
    void begins_queue(std::size_t box, const std::string& id);
    void ends_queue(std::size_t box) { queues_[box].clear(); }
    /// The trial is proven not to be on its machine: it is anybody's again.
    void give_back(std::size_t i);
    /// What the machine of the box says of a run; whatever run that is.
    void found(std::size_t box, const protocol::run_facts& facts);
    /// The machine of the box has no such run.
    void missing(std::size_t i);
    /// It could not be started.
    void not_started(std::size_t i, const std::string& why);

    /// A box has changed in what the others look at.
    void changed() const { changed_(); }

    /// Nothing is placed any more; with `running` what runs is to be ended, too.
    void stop(bool running);
    [[nodiscard]] bool stopping() const { return stopping_; }
    [[nodiscard]] bool ends_running() const { return ends_running_; }
    /// No box has anything left to do.
    [[nodiscard]] bool over() const;
    /// Trials that wait for a machine.
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    /// What went wrong with the sweep as a whole: its record cannot be written.
    [[nodiscard]] const std::optional<failure>& broken() const { return broken_; }
    [[nodiscard]] std::int64_t exit_code() const { return exit_code_; }
    /// "12 done, 1 of them failed, 8 left".
    [[nodiscard]] std::string sum() const;
    void say(const std::string& text) const { say_(text); }

  private:
    void write(const std::vector<placement>& lines);
    void hold(std::size_t i);
    void release(std::size_t i);
    void again(std::size_t i, const std::string& why);
    void ended(std::size_t i, placement_state state, const std::string& why,
               std::optional<std::int64_t> code);
    void conclude(std::size_t i);
    void count(const sweep_trial& one);
    void tell_progress() const;
    [[nodiscard]] bool may_go_to(const sweep_trial& one, std::size_t box) const;
    [[nodiscard]] std::optional<std::size_t> box_of(const std::string& machine) const;

    protocol::children_head head_;
    run_paths batch_;
    sweep_record record_;
    std::function<void(const std::string&)> say_;
    std::function<void()> changed_;
    std::vector<sweep_trial> trials_;
    std::map<std::string, std::size_t> by_run_; // the present attempts
    std::deque<std::size_t> waiting_;
    std::vector<sweep_share> shares_;         // by box, in the order of the pool's machines
    std::vector<std::set<std::size_t>> held_; // the same
    std::vector<std::string> queues_;         // the same
    protocol::children_progress progress_;
    std::optional<failure> broken_;
    std::int64_t exit_code_ = 0;
    bool stopping_ = false;
    bool ends_running_ = false;
};

} // namespace outrider
