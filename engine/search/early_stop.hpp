#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace outrider {

BOOST_DEFINE_ENUM_CLASS(
    early_stop_rule,
    median, ///< a trial ends whose best value is worse than the median of the others' at its step
    asha)   ///< at steps of which each is `reduction` times the one before, the best part goes on

/// When trials that are not worth going on with are ended.
struct early_stop_settings {
    early_stop_rule rule = early_stop_rule::median;
    bool maximize = false;
    std::int64_t first_step = 1; ///< nothing is ended before it
    std::int64_t trials = 4;     ///< median: others that have come as far before one is ended
    std::int64_t reduction = 3;  ///< asha: one of so many goes on
};
BOOST_DESCRIBE_STRUCT(early_stop_settings, (), (rule, maximize, first_step, trials, reduction))

/// What a trial has told so far: the last value of each step.
using step_values = std::map<std::int64_t, double>;

/// Why one trial is ended.
struct early_stop_verdict {
    std::int64_t rank = 0; ///< among `of` that have come as far, the best is 1
    std::int64_t of = 0;
    std::int64_t step = 0;

    /// "stopped early: rank 9 of 12 at step 2000"
    [[nodiscard]] std::string text() const;
};

/// Whether a trial is to be ended, by what it and the others (that run or have ended, failed ones
/// too) have told. Pure. With `asha` only steps above `decided` are looked at: those up to it were
/// passed; which it is afterwards is written there. A value that is no number is worse than any.
[[nodiscard]] std::optional<early_stop_verdict>
judge_trial(const early_stop_settings& settings, const step_values& trial,
            std::span<const step_values* const> others, std::int64_t& decided);

} // namespace outrider
