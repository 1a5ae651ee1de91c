#include "engine/search/mersenne_twister.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace outrider {
namespace {

constexpr std::size_t shift_size = 397;
constexpr std::uint32_t matrix = 0x9908b0dfU;
constexpr std::uint32_t upper_bit = 0x80000000U;
constexpr std::uint32_t lower_bits = 0x7fffffffU;

} // namespace

mersenne_twister::mersenne_twister(std::uint32_t seed) {
    state_[0] = seed;
    for (std::uint32_t i = 1; i < words; ++i) {
        state_[i] = (1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30U))) + i;
    }
}

mersenne_twister mersenne_twister::as_numpy(std::uint32_t seed) {
    return mersenne_twister(seed);
}

mersenne_twister mersenne_twister::as_python(std::uint64_t seed) {
    mersenne_twister out(19650218U);
    std::vector<std::uint32_t> key{static_cast<std::uint32_t>(seed)};
    if (seed >> 32U != 0) {
        key.push_back(static_cast<std::uint32_t>(seed >> 32U));
    }
    out.seed_by(key);
    return out;
}

// init_by_array of the reference implementation.
void mersenne_twister::seed_by(std::span<const std::uint32_t> key) {
    std::size_t i = 1;
    std::size_t j = 0;
    const auto step = [this, &i] {
        if (++i >= words) {
            state_[0] = state_[words - 1];
            i = 1;
        }
    };
    for (std::size_t k = std::max(words, key.size()); k > 0; --k) {
        const std::uint32_t before = state_[i - 1];
        state_[i] = (state_[i] ^ ((before ^ (before >> 30U)) * 1664525U)) + key[j] +
                    static_cast<std::uint32_t>(j);
        step();
        j = (j + 1) % key.size();
    }
    for (std::size_t k = words - 1; k > 0; --k) {
        const std::uint32_t before = state_[i - 1];
        state_[i] = (state_[i] ^ ((before ^ (before >> 30U)) * 1566083941U)) -
                    static_cast<std::uint32_t>(i);
        step();
    }
    state_[0] = upper_bit;
    used_ = words;
}

void mersenne_twister::refill() {
    for (std::size_t i = 0; i < words; ++i) {
        const std::uint32_t y = (state_[i] & upper_bit) | (state_[(i + 1) % words] & lower_bits);
        state_[i] = state_[(i + shift_size) % words] ^ (y >> 1U) ^ ((y & 1U) != 0 ? matrix : 0U);
    }
    used_ = 0;
}

std::uint32_t mersenne_twister::next() {
    if (used_ == words) {
        refill();
    }
    std::uint32_t y = state_[used_++];
    y ^= y >> 11U;
    y ^= (y << 7U) & 0x9d2c5680U;
    y ^= (y << 15U) & 0xefc60000U;
    return y ^ (y >> 18U);
}

double mersenne_twister::next_real() {
    const double high = next() >> 5U;
    const double low = next() >> 6U;
    return ((high * 67108864.0) + low) / 9007199254740992.0;
}

std::int64_t mersenne_twister::numpy_between(std::int64_t low, std::int64_t high) {
    const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    if (range == 0) {
        return low;
    }
    // Draws of as many bits as the range needs, until one fits.
    const std::uint64_t mask = ~std::uint64_t{0} >> static_cast<unsigned>(std::countl_zero(range));
    std::uint64_t value = 0;
    do {
        if (range <= 0xffffffffU) {
            value = next() & mask;
        } else {
            value = std::uint64_t{next()} << 32U;
            value = (value | next()) & mask;
        }
    } while (value > range);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + value);
}

std::uint64_t mersenne_twister::python_below(std::uint64_t count) {
    const auto bits = static_cast<unsigned>(std::bit_width(count));
    std::uint64_t value = 0;
    do {
        if (bits <= 32) {
            value = next() >> (32U - bits);
        } else {
            const std::uint64_t low = next();
            value = low | (std::uint64_t{next() >> (64U - bits)} << 32U);
        }
    } while (value >= count);
    return value;
}

} // namespace outrider
