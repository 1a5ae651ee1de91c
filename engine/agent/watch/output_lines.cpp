#include "engine/agent/watch/output_lines.hpp"

#include "engine/agent/supervise/output_index.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace outrider::agent {
namespace {

constexpr std::size_t block_size = std::size_t{64} << 10;

std::int64_t written_last_ms(int output) {
    struct stat facts{};
    if (::fstat(output, &facts) != 0) {
        return 0;
    }
    return static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1000 +
           facts.st_mtim.tv_nsec / 1'000'000;
}

} // namespace

// ---- where a watch begins

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

// ---- when lines were written

bool line_clock::reach(int output, std::int64_t offset, clock::time_point deadline) {
    std::array<char, std::size_t{64} << 10> block;
    while (offset_ < offset) {
        const auto want = std::min<std::int64_t>(offset - offset_, block.size());
        const auto got = ::pread(output, block.data(), static_cast<std::size_t>(want), offset_);
        if (got <= 0) {
            return true; // the file was cut meanwhile: the follow begins again
        }
        pass({block.data(), static_cast<std::size_t>(got)});
        if (clock::now() >= deadline) {
            return offset_ >= offset;
        }
    }
    return true;
}

void line_clock::pass(std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    feeds_ += std::ranges::count(bytes, '\n');
    offset_ += static_cast<std::int64_t>(bytes.size());
    at_line_begin_ = bytes.back() == '\n';
}

std::vector<std::int64_t> line_clock::times_in(std::string_view piece, int output) {
    const bool continues = !at_line_begin_; // its first bytes belong to a line that has begun
    const auto first = feeds_ + (continues ? 1 : 0);
    const auto feeds = std::ranges::count(piece, '\n');
    const auto begun = feeds + 1 - (continues ? 1 : 0) - (piece.ends_with('\n') ? 1 : 0);
    pass(piece);
    if (begun <= 0) {
        return {};
    }
    if (!index_) {
        index_.reset(::open(index_path_.c_str(), O_RDONLY | O_CLOEXEC));
    }
    auto times = line_times(index_.get(), first, static_cast<std::size_t>(begun));
    times.resize(static_cast<std::size_t>(begun), written_last_ms(output));
    return times;
}

void line_clock::restart() {
    index_.reset();
    offset_ = 0;
    feeds_ = 0;
    at_line_begin_ = true;
}

} // namespace outrider::agent
