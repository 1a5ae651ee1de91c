#include "engine/agent/children/suggested_trials.hpp"

#include "engine/agent/children/children_log.hpp"
#include "engine/agent/children/trial_maker.hpp"

namespace outrider::agent {
namespace {

std::string origin_text(const protocol::children_search& search, const seen_trials& seen,
                        std::int64_t number) {
    const std::string random = "Random start for optimization (";
    if (is_random_start(search.settings, number)) {
        return random + std::to_string(number + 1) + " of " +
               std::to_string(search.settings.random_starts) + ")";
    }
    if (seen.completed == 0) {
        return random + "missing previous trials)";
    }
    if (seen.told == 0) {
        return random + "cannot find objective '" + search.settings.objective + "')";
    }
    return "Found " + std::to_string(seen.told) + " previous trial(s) for use in optimization";
}

} // namespace

suggested_trials::suggested_trials(const agent_context& context, const parent_run& parent,
                                   const protocol::children_head& head)
    : parent_(parent), head_(head), history_(context, parent, head) {}

result<std::optional<protocol::planned_child>> suggested_trials::next() {
    const auto& search = *head_.search;
    const std::int64_t number = history_.count();
    if (number >= search.settings.max_trials) {
        return std::optional<protocol::planned_child>{};
    }
    auto seen = history_.look();
    if (!seen) {
        return seen.error();
    }
    const auto flags = suggest_trial(search.settings, seen->trials, number);
    auto child = make_planned_trial(head_, parent_, flags);
    if (!child) {
        return child.error();
    }
    log_line(origin_text(search, *seen, number));
    history_.add(*child);
    return std::optional(std::move(*child));
}

} // namespace outrider::agent
