#include "engine/agent/receive/file_writing.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace outrider::agent {
namespace {

// The unit in which file systems keep holes.
constexpr std::int64_t hole_block = 4096;
constexpr std::int64_t second_ns = 1'000'000'000;

// Compares the bytes with themselves, shifted by one: far quicker than byte by byte.
bool all_zero(std::string_view bytes) {
    return bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

} // namespace

result<> write_at(int file, std::string_view bytes, std::int64_t offset, const std::string& path) {
    while (!bytes.empty()) {
        const auto wrote = ::pwrite(file, bytes.data(), bytes.size(), offset);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote < 0) {
            return errno_failure(errno, "write " + path);
        }
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
        offset += wrote;
    }
    return {};
}

result<> write_around_holes(int file, std::string_view bytes, std::int64_t offset,
                            const std::string& path) {
    const auto offset_of = [&](std::size_t index) {
        return offset + static_cast<std::int64_t>(index);
    };
    std::size_t pending = 0; // bytes before `at` that are not written yet
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto block = std::min(
            static_cast<std::size_t>(hole_block - offset_of(at) % hole_block), bytes.size() - at);
        if (block == hole_block && all_zero(bytes.substr(at, block))) {
            const auto from = at - pending;
            auto wrote = write_at(file, bytes.substr(from, pending), offset_of(from), path);
            if (!wrote) {
                return wrote;
            }
            pending = 0;
        } else {
            pending += block;
        }
        at += block;
    }
    const auto from = bytes.size() - pending;
    return write_at(file, bytes.substr(from), offset_of(from), path);
}

timespec time_of(std::int64_t mtime_ns) {
    auto seconds = mtime_ns / second_ns;
    auto rest = mtime_ns % second_ns;
    if (rest < 0) {
        --seconds;
        rest += second_ns;
    }
    return {static_cast<std::time_t>(seconds), static_cast<long>(rest)};
}

} // namespace outrider::agent
