#include "engine/agent/supervise/output_index.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace outrider::agent {
namespace {

/// An entry: 8 bytes of milliseconds, big-endian, and one that names the stream.
constexpr std::size_t entry_size = 9;

} // namespace

std::int64_t lines_before(int index, std::int64_t since_us) {
    struct stat facts{};
    if (::fstat(index, &facts) != 0) {
        return 0;
    }
    // The first entry that is not older; times do not decrease but where a clock was set back.
    std::int64_t low = 0;
    std::int64_t high = facts.st_size / static_cast<std::int64_t>(entry_size);
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto time = line_times(index, middle, 1);
        if ((time.empty() ? 0 : time.front()) * 1000 < since_us) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

std::vector<std::int64_t> line_times(int index, std::int64_t first, std::size_t count) {
    std::string entries(count * entry_size, '\0');
    const auto got = ::pread(index, entries.data(), entries.size(),
                             first * static_cast<std::int64_t>(entry_size));
    std::vector<std::int64_t> times;
    for (std::size_t at = 0; got > 0 && at + entry_size <= static_cast<std::size_t>(got);
         at += entry_size) {
        std::uint64_t time = 0;
        for (std::size_t i = 0; i + 1 < entry_size; ++i) {
            time = time << 8 | static_cast<unsigned char>(entries[at + i]);
        }
        times.push_back(static_cast<std::int64_t>(time));
    }
    return times;
}

} // namespace outrider::agent
