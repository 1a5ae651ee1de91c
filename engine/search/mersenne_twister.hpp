#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace outrider {

/// MT19937 (Matsumoto and Nishimura, 1998), seeded and read as numpy's legacy `RandomState` and
/// Python's `random` do, so that a seed gives the trials that it gives in Guild.
class mersenne_twister {
  public:
    /// As `numpy.random.RandomState(seed)`; seeds have 32 bits.
    [[nodiscard]] static mersenne_twister as_numpy(std::uint32_t seed);
    /// As `random.seed(seed)` of Python.
    [[nodiscard]] static mersenne_twister as_python(std::uint64_t seed);

    /// 32 random bits.
    [[nodiscard]] std::uint32_t next();
    /// A number in [0, 1) with 53 random bits.
    [[nodiscard]] double next_real();
    /// numpy's `randint(low, high + 1)`: both ends included.
    [[nodiscard]] std::int64_t numpy_between(std::int64_t low, std::int64_t high);
    /// Python's `randrange(count)`: below `count`, which is at least 1.
    [[nodiscard]] std::uint64_t python_below(std::uint64_t count);

  private:
    static constexpr std::size_t words = 624;

    explicit mersenne_twister(std::uint32_t seed);
    void seed_by(std::span<const std::uint32_t> key);
    void refill();

    std::array<std::uint32_t, words> state_{};
    std::size_t used_ = words;
};

} // namespace outrider
