#pragma once

#include "engine/search/flag_map.hpp"

#include <cstdint>
#include <vector>

namespace outrider {

/// Every combination of the lists among some flags: in the order of the names, the last name
/// changes fastest, values keep their order, equal ones are kept. Other flags are constant. It is
/// counted and asked by number, so that a grid of any size can be sampled.
class grid {
  public:
    explicit grid(flag_map flags);

    /// How many trials it has; no more than 2^62 are counted.
    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// The trial of a number below `count()`.
    [[nodiscard]] flag_map at(std::uint64_t number) const;

  private:
    flag_map flags_;
    std::uint64_t count_ = 1;
};

/// The numbers (ascending) of `most` out of `count` trials, as Guild takes them for a seed: what
/// Python's `random.sample` gives.
[[nodiscard]] std::vector<std::uint64_t> sampled_numbers(std::uint64_t count, std::uint64_t most,
                                                         std::uint64_t seed);

} // namespace outrider
