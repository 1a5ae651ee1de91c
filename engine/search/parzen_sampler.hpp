#pragma once

#include "engine/search/search_settings.hpp"

#include <span>

namespace outrider {

/// What has become of a trial.
enum class trial_outcome : std::uint8_t {
    completed, ///< and its objective is known
    failed,    ///< or without an objective: its place is a bad one
    running,   ///< its place is taken for a bad one, so that others are tried meanwhile
};

/// A trial that the search can learn from.
struct observed_trial {
    flag_map flags;
    trial_outcome outcome = trial_outcome::completed;
    double objective = 0; ///< of a completed one; not a number counts as failed
};

/// Whether a trial is drawn at random, whatever has been: the first `random_starts` are.
[[nodiscard]] bool is_random_start(const search_settings& settings, std::int64_t number);

/// The next trial of a search: a tree-structured Parzen estimator (Bergstra et al., 2011) with the
/// usual defaults: of n completed trials the best min(⌈0.1 n⌉, 25) are good, and of 24 draws from
/// the density of the good ones the one is taken that is most likely among them compared with the
/// rest. Flags that always are searched are learned together, one that a choice switches on by
/// itself from the trials that had it. `random_starts` trials come first, the first one with
/// initial values.
///
/// Pure: the same settings, trials (from the oldest to the newest) and number give the same flags,
/// so that a search which was interrupted goes on as it would have. `number` counts the trials of
/// this search from 0. At most 0.1 s for 10,000 trials.
[[nodiscard]] flag_map suggest_trial(const search_settings& settings,
                                     std::span<const observed_trial> trials, std::int64_t number);

} // namespace outrider
