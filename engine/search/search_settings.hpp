#pragma once

#include "engine/search/search_space.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <string>

namespace outrider {

/// What a search that learns is asked to do: all that the sampler needs beside the trials that
/// have ended. Values of `space` go to the agent as they are.
struct search_settings {
    search_space space;
    std::string objective = "loss"; ///< a column of `compare`
    bool maximize = false;
    std::int64_t max_trials = 20;    ///< in all
    std::int64_t random_starts = 10; ///< trials drawn at random before it learns
    std::uint32_t seed = 0;
    std::string prev_trials; ///< whose trials it learns from: sourcecode, batch or operation
};
BOOST_DESCRIBE_STRUCT(search_settings, (),
                      (space, objective, maximize, max_trials, random_starts, seed, prev_trials))

} // namespace outrider
