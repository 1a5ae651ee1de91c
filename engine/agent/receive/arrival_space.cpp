#include "engine/agent/receive/arrival_space.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

namespace outrider::agent {
namespace {

constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::max();

// Free bytes and files; `unknown` where the system does not count them.
space_need free_space(const std::string& path) {
    struct statvfs space{};
    std::filesystem::path there = path;
    while (::statvfs(there.c_str(), &space) != 0) {
        if (there == there.parent_path()) {
            return {.bytes = unknown, .files = unknown};
        }
        there = there.parent_path();
    }
    const auto blocks = static_cast<std::int64_t>(space.f_bavail);
    const auto size = static_cast<std::int64_t>(space.f_frsize);
    return {.bytes = size > 0 && blocks > unknown / size ? unknown : blocks * size,
            .files = space.f_files > 0 ? static_cast<std::int64_t>(space.f_favail) : unknown};
}

std::string what_is_missing(const space_need& need, const space_need& free) {
    if (need.bytes <= free.bytes && need.files > free.files) {
        return std::to_string(need.files) + " files are to be made, " +
               std::to_string(need.files - free.files) +
               " more than the file system has room for (inodes); remove files there";
    }
    return std::to_string(need.bytes) + " bytes are needed and " + std::to_string(free.bytes) +
           " are free: " + std::to_string(std::max<std::int64_t>(need.bytes - free.bytes, 1)) +
           " bytes too few are free; make room there";
}

} // namespace

result<> check_space(const std::string& path, const space_need& need) {
    const auto free = free_space(path);
    if (need.bytes <= free.bytes && need.files <= free.files) {
        return {};
    }
    return failure(errc::no_space,
                   "no space in " + path + ": " + what_is_missing(need, free) + " and try again");
}

failure disk_full(const std::string& path, const space_need& need) {
    const auto free = free_space(path);
    if (need.bytes <= free.bytes && need.files <= free.files) {
        // The system refused what it seemed to have: a quota, or what is kept for others.
        return {errc::no_space, "the disk or the quota became full in " + path + ", while " +
                                    std::to_string(need.bytes) +
                                    " bytes were still needed; make room there and try again"};
    }
    return {errc::no_space, "the disk became full in " + path + ": " + what_is_missing(need, free) +
                                " and try again (what was there is as it was)"};
}

} // namespace outrider::agent
