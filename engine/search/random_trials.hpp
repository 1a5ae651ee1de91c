#pragma once

#include "engine/search/mersenne_twister.hpp"
#include "engine/search/search_space.hpp"

namespace outrider {

/// A value of a dimension, drawn as scikit-optimize and numpy draw it.
[[nodiscard]] boost::json::value draw_value(const dimension& from, mersenne_twister& draw);

/// What Guild's random search tries for a seed: `count` trials, of which the first has the initial
/// values. Trials may repeat; a longer search begins with the trials of a shorter one.
[[nodiscard]] std::vector<flag_map> random_trials(const search_space& space, std::int64_t count,
                                                  std::uint32_t seed);

/// Replaces the functions of trials of a grid by values, as Guild's `+` does: each draws from a
/// seed of its own. Fails as `read_search_space` does, and for an initial value.
[[nodiscard]] result<> draw_functions(std::vector<flag_map>& trials, std::uint32_t seed,
                                      const std::set<std::string>& literal = {});

} // namespace outrider
