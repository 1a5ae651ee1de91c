#include "engine/agent/supervise/line_clock.hpp"

#include "engine/agent/supervise/output_index.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace outrider::agent {
namespace {

std::int64_t written_last_ms(int output) {
    struct stat facts{};
    if (::fstat(output, &facts) != 0) {
        return 0;
    }
    return static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1000 +
           facts.st_mtim.tv_nsec / 1'000'000;
}

} // namespace

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
