#include "engine/agent/supervise/output_start.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace outrider::agent {
namespace {

constexpr std::size_t block_size = std::size_t{64} << 10;

} // namespace

output_start output_start::after_lines(std::int64_t lines) {
    return {0, std::max<std::int64_t>(lines, 0), false};
}

output_start output_start::last_lines(std::int64_t size, std::int64_t lines) {
    return {size, std::max<std::int64_t>(lines, 0), true};
}

bool output_start::step(int output, clock::time_point deadline) {
    while (left_ > 0) {
        if (!(backward_ ? step_backward(output) : step_forward(output))) {
            return true;
        }
        if (clock::now() >= deadline) {
            return left_ == 0;
        }
    }
    return true;
}

// False where the file ends.
bool output_start::step_forward(int output) {
    std::array<char, block_size> block;
    const auto got = ::pread(output, block.data(), block.size(), offset_);
    if (got <= 0) {
        return false;
    }
    const char* at = block.data();
    const char* const end = at + got;
    while (left_ > 0 && at != end) {
        const auto* feed =
            static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        left_ -= feed != nullptr ? 1 : 0;
        at = feed != nullptr ? feed + 1 : end;
    }
    offset_ += at - block.data();
    return true;
}

// False where the file begins.
bool output_start::step_backward(int output) {
    std::array<char, block_size> block;
    const auto want = std::min<std::int64_t>(offset_, block_size);
    const auto begin = offset_ - want;
    if (want == 0 || ::pread(output, block.data(), static_cast<std::size_t>(want), begin) != want) {
        left_ = 0;
        return false;
    }
    for (std::int64_t i = want; i > 0; --i) {
        const bool feed = block[static_cast<std::size_t>(i - 1)] == '\n';
        // The line feed at the very end does not begin a line.
        if (feed && !at_end_ && --left_ == 0) {
            offset_ = begin + i;
            return true;
        }
        at_end_ = false;
    }
    offset_ = begin;
    return true;
}

} // namespace outrider::agent
