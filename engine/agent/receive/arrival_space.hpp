#pragma once

#include "engine/core/result.hpp"

#include <cstdint>
#include <string>

namespace outrider::agent {

/// What a transfer needs of a file system.
struct space_need {
    std::int64_t bytes = 0;
    std::int64_t files = 0; ///< inodes
};

/// Whether the file system of `path`, or of the nearest directory above it that exists, has room;
/// `no_space`, with what is missing, where it has not.
[[nodiscard]] result<> check_space(const std::string& path, const space_need& need);
/// The failure of a disk that became full under `path`, while this was still needed.
[[nodiscard]] failure disk_full(const std::string& path, const space_need& need);

} // namespace outrider::agent
