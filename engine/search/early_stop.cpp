#include "engine/search/early_stop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace outrider {
namespace {

// Smaller is better, and what is no number is worst.
double badness(double value, bool maximize) {
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : maximize ? -value : value;
}

// The best that a trial has told up to a step; nothing if it has not come as far.
std::optional<double> best_until(const step_values& trial, std::int64_t step, bool maximize) {
    if (trial.empty() || trial.rbegin()->first < step) {
        return std::nullopt;
    }
    double best = std::numeric_limits<double>::infinity();
    for (const auto& [at, value] : trial) {
        if (at > step) {
            break;
        }
        best = std::min(best, badness(value, maximize));
    }
    return best;
}

std::vector<double> bests_of(std::span<const step_values* const> others, std::int64_t step,
                             bool maximize) {
    std::vector<double> out;
    for (const auto* other : others) {
        if (const auto best = best_until(*other, step, maximize)) {
            out.push_back(*best);
        }
    }
    std::ranges::sort(out);
    return out;
}

early_stop_verdict verdict_of(double own, const std::vector<double>& others, std::int64_t step) {
    const auto better = std::ranges::lower_bound(others, own) - others.begin();
    return {.rank = better + 1, .of = static_cast<std::int64_t>(others.size()) + 1, .step = step};
}

std::optional<early_stop_verdict> judge_by_median(const early_stop_settings& settings,
                                                  const step_values& trial,
                                                  std::span<const step_values* const> others) {
    const std::int64_t step = trial.rbegin()->first;
    const auto bests = bests_of(others, step, settings.maximize);
    if (step < settings.first_step || bests.empty() ||
        static_cast<std::int64_t>(bests.size()) < settings.trials) {
        return std::nullopt;
    }
    const double median = (bests[(bests.size() - 1) / 2] / 2) + (bests[bests.size() / 2] / 2);
    const double own = best_until(trial, step, settings.maximize).value();
    return own > median ? std::optional(verdict_of(own, bests, step)) : std::nullopt;
}

std::optional<early_stop_verdict> judge_by_rungs(const early_stop_settings& settings,
                                                 const step_values& trial,
                                                 std::span<const step_values* const> others,
                                                 std::int64_t& decided) {
    const std::int64_t last = trial.rbegin()->first;
    const std::int64_t factor = std::max<std::int64_t>(settings.reduction, 2);
    for (std::int64_t rung = std::max<std::int64_t>(settings.first_step, 1); rung <= last;) {
        if (rung > decided) {
            decided = rung;
            const auto bests = bests_of(others, rung, settings.maximize);
            const double own = best_until(trial, rung, settings.maximize).value();
            const auto found = verdict_of(own, bests, rung);
            // With fewer than `factor` trials there is no best part of them yet.
            if (found.of >= factor && found.rank > std::max<std::int64_t>(found.of / factor, 1)) {
                return found;
            }
        }
        if (rung > std::numeric_limits<std::int64_t>::max() / factor) {
            break;
        }
        rung *= factor;
    }
    return std::nullopt;
}

} // namespace

std::string early_stop_verdict::text() const {
    return "stopped early: rank " + std::to_string(rank) + " of " + std::to_string(of) +
           " at step " + std::to_string(step);
}

std::optional<early_stop_verdict> judge_trial(const early_stop_settings& settings,
                                              const step_values& trial,
                                              std::span<const step_values* const> others,
                                              std::int64_t& decided) {
    if (trial.empty()) {
        return std::nullopt;
    }
    return settings.rule == early_stop_rule::median
               ? judge_by_median(settings, trial, others)
               : judge_by_rungs(settings, trial, others, decided);
}

} // namespace outrider
