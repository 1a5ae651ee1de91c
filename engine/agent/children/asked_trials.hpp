#pragma once

#include "engine/agent/children/asked_program.hpp"
#include "engine/agent/children/trial_history.hpp"
#include "engine/agent/children/trial_source.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <memory>

namespace outrider::agent {

/// The trials of a program that is asked for them (cli/GUIDE.md): it is told what becomes of each,
/// and those of an earlier life of the search at first. What it answers is never trusted.
class asked_trials final : public trial_source {
  public:
    /// All outlive it; the plan is that of a search with a program.
    asked_trials(const agent_context& context, const parent_run& parent,
                 const protocol::children_head& head, const descriptor& signals);

    void add(const protocol::planned_child& child) override { history_.add(child); }
    [[nodiscard]] result<std::optional<protocol::planned_child>> next() override;

  private:
    result<> begin();
    result<> tell_news();
    [[nodiscard]] result<std::optional<flag_map>> ask();

    const parent_run& parent_;
    const protocol::children_head& head_;
    const descriptor& signals_;
    trial_history history_;
    std::unique_ptr<asked_program> program_;
    std::map<std::string, run_state> told_; // by id
    bool done_ = false;
};

/// Reads an answer: the flags of a trial, all of those that the space searches and none besides, or
/// nothing where the program wants no more trials. Fails with what is wrong about it.
[[nodiscard]] result<std::optional<flag_map>> read_answer(const search_space& space,
                                                          std::string_view line);

} // namespace outrider::agent
